"""The container: a zip of JSON lines and files with a signed manifest, written and read."""
