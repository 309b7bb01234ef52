"""Every code that an import can say is in docs/import-codes.md, and every code there can be said."""

import ast
import re
from pathlib import Path

from layers.templatetags.layer_words import ROW_CODES

ROOT = Path(__file__).resolve().parents[3]
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
NOT_CODES = {
    "iso8859-1", "latin-1", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig",
    "gauss-kruger", "signed-in", "known-slugs", "crs-candidates",
    "as-is", "field-type", "2000-01-01", "2026-03-01", "feature-sequential", "okabe-ito", "datetime-local",
    "publish-page",
    "imports-failed", "imports-to-confirm", "layers-to-deliver",  # kinds of waiting things
    "layer-late", "layer-source-applied", "layer-source-changed", "layer-source-failing",  # kinds of message
    "geo-portal", "x-gzip",  # what is said to other servers, and by them
    "3-degree",  # a word of names of coordinate systems
    "known-columns", "reading-title",  # ids in a page
    "lat-lon", "lon-lat",  # orders of two coordinates
    "hx-get", "hx-params", "hx-push-url", "hx-select", "hx-swap", "hx-sync",  # attributes of HTMX
    "hx-target", "hx-trigger",
    "command-line",  # who runs a command
}  # fmt: skip
ELSEWHERE = {
    "bad-input", "missing-evidence", "not-found", "not-permitted", "photo-refused", "photo-too-large", "stale-edit",
    "too-large",
    "sheet-empty", "sheet-head", "too-many",  # of rooms' own sheets
}  # fmt: skip
ONE_WORD = {"cancelled"}
OTHER_WORDS = {"maplibre.py", "map_style.py", "sld.py", "qml.py"}
"""Files written in the words of the style formats of other programs."""


def said() -> set[str]:
    found = set()
    for path in [*(ROOT / "geokit").rglob("*.py"), *(ROOT / "layers").rglob("*.py")]:
        if path.name in OTHER_WORDS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    return found - NOT_CODES - ELSEWHERE | ONE_WORD


def documented() -> set[str]:
    rows = [
        line for line in (ROOT / "docs" / "import-codes.md").read_text("utf-8").splitlines() if line.startswith("| `")
    ]
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_every_code_is_documented() -> None:
    assert said() - documented() == set()


def test_every_code_of_a_row_has_a_name_for_people() -> None:
    text = (ROOT / "docs" / "import-codes.md").read_text("utf-8")
    rows = text.partition("\n## Rows\n")[2].partition("\n## ")[0]
    lines = [line for line in rows.splitlines() if line.startswith("| `")]
    codes = {code for line in lines for code in re.findall(r"`([^`]+)`", line.split("|")[1])}
    assert codes and codes == set(ROW_CODES)


def test_no_code_is_documented_that_is_never_said() -> None:
    assert documented() - said() == set()
