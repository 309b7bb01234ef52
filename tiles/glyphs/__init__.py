"""Glyphs for map labels, Chinese included, in the form that MapLibre clients ask for: signed distance fields."""
