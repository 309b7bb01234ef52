"""Pages of the public side, one module for each of those who come: reporters, readers, deputies, staff."""
