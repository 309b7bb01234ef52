"""Raster layers: a GeoTIFF becomes a checked, described, cloud-optimised file, one per version."""

from layers.rasters.loading import inspect, is_raster, load

__all__ = ["inspect", "is_raster", "load"]
