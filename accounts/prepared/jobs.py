"""The worker's part: rows are read in batches and written at once, so memory is bounded by the batch."""

import time
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils import translation
from django.utils.module_loading import import_string

from accounts.directory.models import User
from accounts.prepared.orders import FOLDER, KEPT_S, order_from, standing_of
from jobs.calls import must_be_named
from ledger.filestore import places
from ui.downloads import write_table


def run(asked: Mapping[str, Any]) -> str:
    """Write the file of an order; it appears whole or not at all. Nothing for whose standing changed meanwhile."""
    order = order_from(asked)
    remove_old()
    user = User.objects.filter(pk=order.user).first()
    if user is None or standing_of(user) != order.standing:
        return "the account has another standing"
    if order.is_fresh():
        return "there already"
    must_be_named(order.table, "long_tables")
    order.path.parent.mkdir(parents=True, exist_ok=True)
    half = order.path.with_name(f"{order.key}.part.{order.suffix}")
    try:
        with translation.override(order.language):
            rows = import_string(order.table)(user, QueryDict(order.query))
            written = write_table(half, rows)
        half.replace(order.path)
    finally:
        half.unlink(missing_ok=True)
    return f"{written} rows"


def remove_old() -> int:
    """Remove files older than an hour; how many. Every night, and before each new one."""
    gone = 0
    folder = places.folder(FOLDER)
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue
    return gone
