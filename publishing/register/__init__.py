"""Pages, the versions of what they say, their steps, and who reads them."""
