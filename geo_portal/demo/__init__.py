"""The demo district: real outlines and names, and a schematic life invented around them.

`geo_portal/demo/*.py` plan things as plain values (no database); `geo_portal/demo/store/` writes them.
The same day gives the same district, down to the last digit.
"""
