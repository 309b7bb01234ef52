"""Raster layers: a GeoTIFF becomes a checked, described, cloud-optimised file, one per version."""
