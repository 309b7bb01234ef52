"""What somebody asked to have written, as the queue carries it, and where the file of it lies."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accounts.directory.models import User
from accounts.permissions import sits
from ledger.filestore import places

FOLDER = "tables"
FRESH_S = 600
"""Asked for again after so long, a file is made anew."""
KEPT_S = 3_600


@dataclass(frozen=True, slots=True)
class TableOrder:
    """Plain values only; all of them are in the name of the file."""

    table: str
    """Dotted path of the function that gives the rows: it is called with the account and the query."""
    user: int
    standing: str
    """Role, town, department and seat when it was asked for: of another standing it is another file."""
    query: str
    suffix: str
    language: str

    @property
    def key(self) -> str:
        return hashlib.blake2b(json.dumps(asdict(self), sort_keys=True).encode(), digest_size=16).hexdigest()

    @property
    def path(self) -> Path:
        return places.folder(FOLDER) / f"{self.key}.{self.suffix}"

    def is_fresh(self) -> bool:
        """Whether the file is there and not old."""
        try:
            return time.time() - self.path.stat().st_mtime <= FRESH_S
        except FileNotFoundError:
            return False


def standing_of(user: User) -> str:
    """What decides which rows an account may read: its role, town and department, and whether she sits today."""
    return f"{user.role}/{user.area_id or ''}/{user.department_id or ''}/{int(user.is_active)}/{int(sits(user))}"


def order_from(asked: Mapping[str, Any]) -> TableOrder:
    """The order that the queue carried."""
    return TableOrder(**asked)
