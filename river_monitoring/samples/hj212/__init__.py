"""Automatic water-quality stations that report by HJ 212: frames, packets, a TCP listener, and what is stored.

`frame` and `packet` are pure Python; `server` knows sockets and no database; `intake` knows the database and no
sockets. HJ 212-2005 and HJ 212-2017 are read. HJ 212-2025 replaces them from 2026-01-01; its text has not been
verified here, so a packet that announces a later version is refused by name until a dialect for it is added to
`packet.DIALECTS`.
"""
