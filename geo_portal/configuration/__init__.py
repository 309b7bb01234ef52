"""What `geo_portal.settings` takes over as it stands: lists and values that no environment changes, by topic."""
