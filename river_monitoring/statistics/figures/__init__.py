"""Charts as plain geometry: what a template draws as SVG for pages, pictures and printed reports alike."""
