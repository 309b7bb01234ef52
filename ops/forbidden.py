"""What must not stand in the tree: addresses of package registries, which tie a build to one network."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# Put together here, so that this file does not find itself.
_REGISTRIES = [
    ("registry", "npmjs", "org"),
    ("registry", "yarnpkg", "com"),
    ("registry", "npmmirror", "com"),
    ("files", "python" + "hosted", "org"),
    ("test", "pypi", "org"),
    ("pypi", "org"),
    ("deb", "debian", "org"),
    ("security", "debian", "org"),
    ("registry-1", "docker", "io"),
    ("docker", "io"),
]
# A `docker.io` package exists in Debian, so a name counts as an address only behind // or before a slash.
_PATTERN = re.compile(
    "|".join(rf"(?://|@){re.escape('.'.join(parts))}\b|\b{re.escape('.'.join(parts))}/" for parts in _REGISTRIES)
)


def addresses_in(text: str) -> list[tuple[int, str]]:
    """(line number, line) of every line that names a registry's address."""
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if _PATTERN.search(line)]


def report(root: Path) -> bool:
    """Print every finding among the tracked and new files; True when there is none."""
    print("── registry addresses", flush=True)
    clean = True
    for path in _text_files(root):
        for number, line in addresses_in(path.read_text(errors="ignore")):
            print(f"{path.relative_to(root)}:{number}: {line.strip()[:160]}", flush=True)
            clean = False
    return clean


def _text_files(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    paths = [root / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8192]]
