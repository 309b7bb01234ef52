"""The column of a congress's session (人代会专栏): agenda, documents, sign-in, comments, counts, minutes."""
