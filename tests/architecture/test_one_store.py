"""Files are kept by the one store: no room knows where they lie, or removes one that another row may name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(marker.parent for marker in ROOT.glob("*/__init__.py") if marker.parent.name not in ("tests", "ops"))
STORE = ROOT / "ledger" / "filestore"
ONCE = {
    "where files lie (ledger.filestore.places)": (r"\bMEDIA_ROOT\b", {"geo_portal/settings.py"}),
    "removing a file of a row (ledger.filestore.removal)": (r"\bstorage\.delete\b", set()),
    "sending a file of a row (ledger.filestore.responses)": (r"FileResponse\([^)\n]*\.(photo|file)\b", set()),
    "reading a file of a row (ledger.filestore.responses.opened)": (
        r"\.(photo|file)\.open\(",
        {"demo/store/citizens.py"},
    ),
}  # fmt: skip


def sources():
    return [path for room in ROOMS for path in room.rglob("*.py") if STORE not in path.parents]


@pytest.mark.parametrize("what", ONCE)
def test_nobody_else_does_what_the_store_does(what):
    pattern, but = ONCE[what]
    found = {str(path.relative_to(ROOT)) for path in sources() if re.search(pattern, path.read_text())}
    assert found == but
