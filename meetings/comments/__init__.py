"""What deputies say of the articles of a document."""
