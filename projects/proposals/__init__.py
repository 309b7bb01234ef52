"""What the public and deputies propose, and what becomes of it."""
