"""Questions asked of layers: what lies near, how much per area, what a raster says per area. Answered by PostGIS."""
