"""Stations that are not there: believable values, real packets over TCP, and the faults that lines and devices have.

`water` (values) and `reports` (packets) are pure Python; `sender` knows sockets; `sites` reads the stations and what
is usual at their points. For the demonstration and for tests: what it sends is invented.
"""
