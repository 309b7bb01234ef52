"""Short videos that people send: looked at and re-encoded by ffmpeg, in a process with little memory and time.

`child.py` limits itself and becomes ffmpeg; `commands.py` is what ffmpeg is asked; `files.py` is what the rooms call.
Where ffmpeg is not on the machine nothing else of the site changes: videos are not taken, and that is said.
"""
