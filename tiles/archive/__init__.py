"""PMTiles: a whole tileset in one file, for a CDN or a phone without a network; written from our tiles, read by memory
map."""
