"""Raster layers: a GeoTIFF becomes a checked, described, cloud-optimised file, one per version."""

from layers.importing.raster_loading import inspect, is_raster, load

__all__ = ["inspect", "is_raster", "load"]
