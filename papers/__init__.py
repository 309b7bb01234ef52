"""A congress's own papers: motions and deputies' suggestions, from the shared draft to the answer that settles them."""
