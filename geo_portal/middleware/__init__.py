"""What every request passes on its way in and out, named in `configuration/middleware.py`."""
