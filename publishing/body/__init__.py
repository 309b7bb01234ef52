"""What a page is made of: blocks of text, pictures, files, quotes, tables and places."""
