"""Automatic water-quality stations that report by HJ 212: frames, packets, a TCP listener, and what is stored.

`frame`, `dialects` and `packet` are pure Python; `server` and `counting` know sockets and no database; `guard` (who is
heard) and `intake` (what is stored) know the database and no sockets. HJ 212-2005, 2017 and 2025 are read, the last as
secondary sources have it; a version is a file in `dialects/`.
"""
