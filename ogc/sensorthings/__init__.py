"""SensorThings API 1.1, reading: a service that a room describes, its entities from querysets of who asks."""
