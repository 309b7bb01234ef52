"""The demo district: real outlines and names, and a schematic life invented around them.

`demo/*.py` plan things as plain values (no database); `demo/store/` writes them.
The same day gives the same district, down to the last digit.
"""
