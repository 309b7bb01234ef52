"""Documentation names files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
# Records of decisions may speak of what was replaced; the changelog of what was.
HISTORY = {"CHANGELOG.md", "0005-changes-to-the-first-layout.md", "0030-old-and-new-names.md"}
NAMED = re.compile(r"(?<![\w./-])((?:[a-z_0-9]+/)*[a-z_0-9]+\.(?:py|ts|sql|html|toml))\b")


@pytest.fixture(scope="module")
def files():
    left_out = {"node_modules", ".venv", "var", "dist", ".git"}
    return {"/" + str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*") if not left_out & set(path.parts)}


@pytest.mark.parametrize("text", PAGES, ids=lambda text: str(text.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(text, files):
    if text.name in HISTORY:
        pytest.skip("speaks of former names")
    named = set(NAMED.findall(text.read_text(encoding="utf-8")))
    missing = sorted(name for name in named if not any(path.endswith("/" + name) for path in files))
    assert missing == []
