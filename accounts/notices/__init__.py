"""Notices: what somebody should know, once, in the site and by e-mail or a group's robot.

`notify` writes rows in the caller's transaction; the worker delivers them after the commit (`delivery`).
"""

from accounts.notices.services import notify, notify_address

__all__ = ["notify", "notify_address"]
