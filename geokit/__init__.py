"""Plain spatial helpers: no project imports, no Django."""
