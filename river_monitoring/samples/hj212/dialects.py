"""The versions of HJ 212 as data: `dialects/*.toml`, and the files of a deployment beside them.

Pure Python. What has not been verified in the text of a standard says so (`verified = false`); a deployment that has
the text replaces the file of that version (same `version_bits`) or adds another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

DIALECTS_DIR = Path(__file__).parent / "dialects"
#: The header fields that the parser knows; a dialect says which of them a packet may have.
FIELDS = frozenset({"QN", "ST", "CN", "PW", "MN", "PNUM", "PNO", "RF"})
NEEDED = frozenset({"ST", "CN", "MN"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a version allows: its header fields with their longest values; and the version bits of its flag."""

    year: int
    version_bits: int
    longest: Mapping[str, int]
    verified: bool
    source: str


Dialects = Mapping[int, Dialect]


def load_dialects(*folders: Path) -> Dialects:
    """Version bits -> dialect; a later folder replaces a version of an earlier one. Raises ValueError for a bad file.

    >>> {bits: dialect.year for bits, dialect in load_dialects(DIALECTS_DIR).items()}
    {0: 2005, 1: 2017, 2: 2025}
    """
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            dialect = _dialect(path)
            found[dialect.version_bits] = dialect
    return MappingProxyType(found)


def _dialect(path: Path) -> Dialect:
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        longest = {str(name): int(most) for name, most in given["longest"].items()}
        dialect = Dialect(
            int(given["year"]), int(given["version_bits"]), longest, given["verified"] is True, str(given["source"])
        )
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: no description of a version of HJ 212 ({error!r})") from error
    if not 0 <= dialect.version_bits < 64 or not NEEDED <= set(longest) <= FIELDS:
        raise ValueError(
            f"{path}: version_bits are 0 to 63, fields {sorted(NEEDED)} at least and {sorted(FIELDS)} at most"
        )
    return dialect


DIALECTS = load_dialects(DIALECTS_DIR)
