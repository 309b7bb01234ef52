"""Taking a district's data away: everything readable in open formats, and files of which another instance is built."""
