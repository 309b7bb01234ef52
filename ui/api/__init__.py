"""What the API of all rooms shares: times with a zone, and what its description says beyond the views."""
