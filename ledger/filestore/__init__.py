"""The one store of files, behind Django's storage API: evidence by its content, working files by their name.

Rooms save through the fields of their models or `default_storage`, find folders for what they make or read by path
with `places`, send with `responses.stored_response` and remove with `removal.release`. Why: decision 39.
"""
