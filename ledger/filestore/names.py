"""What the name of a stored file says: evidence by its content, derived files, or work that is under way.

>>> pooled_name("ab" * 32, ".jpg")[:20]
'objects/ab/ababababa'
>>> digest_in(pooled_name("ab" * 32, ".jpg")) == "ab" * 32
True
>>> digest_in("findings/2026/11/a.jpg")
''
"""

import re
from pathlib import PurePosixPath

POOL = "objects"
"""Files of rows, each under the SHA-256 of its bytes; equal ones are one file."""
RASTERS = "rasters"
"""One COG for each version, under a name by chance."""
INCOMING = "incoming"
"""Files that are being written; whole and on the disk they get their name."""
MARKS = ".sites"
WORKING = (INCOMING, "imports", "setup", "leaving", "findings/held", "matters/held")
"""Uploads between preview and load, exports of everything, photos of a form that came back: removed by age."""
DERIVED = ("exports", "thumbnails")
"""Made from layers, named by what they disclosed; rooms remove and make them anew (decision 34)."""
LONGEST_SUFFIX = 10

_POOLED = re.compile(rf"{POOL}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})(?:-[0-9a-f]+)?(?:\.[a-z0-9]+)?")


def pooled_name(digest: str, suffix: str, apart: str = "") -> str:
    """The name of bytes with this SHA-256 (hex); `apart` tells a copy that nobody else shares."""
    ending = suffix.lower() if re.fullmatch(rf"\.[A-Za-z0-9]{{1,{LONGEST_SUFFIX}}}", suffix) else ""
    return f"{POOL}/{digest[:2]}/{digest}{f'-{apart}' if apart else ''}{ending}"


def digest_in(name: str) -> str:
    """The SHA-256 (hex) that a name promises; "" for a name that says nothing of its content."""
    found = _POOLED.fullmatch(name)
    return found[2] if found else ""


def is_by_name(name: str) -> bool:
    """Whether a file lies under the name that its room chose, not under that of its content."""
    return any(_is_below(name, folder) for folder in (*WORKING, *DERIVED, RASTERS))


def is_passing(name: str) -> bool:
    """Whether no row keeps the file: it is derived, or work under way."""
    return any(_is_below(name, folder) for folder in (*WORKING, *DERIVED))


def top_of(name: str) -> str:
    return PurePosixPath(name).parts[0]


def _is_below(name: str, folder: str) -> bool:
    return name == folder or name.startswith(f"{folder}/")
