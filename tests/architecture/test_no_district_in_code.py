"""The code serves any district: what is one district's own stands in its record, its files and the demo."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = re.compile(r"海曙|haishu|宁波|ningbo", re.IGNORECASE)
ALLOWED = ("demo/", "fixtures/", "tests/", "docs/")
DOCUMENTS = {"CHANGELOG.md", "README.md", "README.zh.md"}


def test_no_file_outside_the_demo_names_a_district() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [name for name in listed.split("\0") if name and not name.startswith(ALLOWED) and name not in DOCUMENTS]
    assert len(files) > 500
    found = []
    for name in files:
        path = ROOT / name
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{name}: {match[0]}" for match in OWN.finditer(text)]
    assert found == []
