"""Pictures that people send: read in a process of their own with little memory and time, at most two at once.

`process.py` hands the bytes over, `server.py` forks a process for each picture, `operations.py` is what it does there;
`photos.py`, `thumbnails.py`, `picture_hash.py` and `covering.py` are what the rooms call.
"""
