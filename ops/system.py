"""What must be on the machine before anything of ours can run; installed by apt as root or with sudo.

Elsewhere it says what is missing and the command to type, and stops.
"""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.postgis import PG_BIN

PYTHON_AT_LEAST = (3, 12)
NODE_AT_LEAST = (20, 19)
# Debian 13's own first: `python3` may be an older one that somebody put before it on the PATH.
PYTHONS = ("/usr/bin/python3.13", "python3.13", "python3.14", "python3.12", "/usr/bin/python3", "python3")

# Debian creates and starts a system cluster "main" with its PostgreSQL unless told otherwise beforehand; ours is
# separate, so none is made. The setting goes away again: later packages of the owner's behave as ever.
APT_SCRIPT = """
set -e
setting=/etc/postgresql-common/createcluster.d/geo-portal.conf
mkdir -p "${setting%/*}"
echo "create_main_cluster = false" >"$setting"
trap 'rm -f "$setting"' EXIT
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -qq
apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@"
"""


@dataclass(frozen=True)
class Need:
    """One thing on the machine, the Debian package that brings it and the test whether it is there."""

    what: str
    package: str
    present: Callable[[], bool]
    without: str = ""
    """What the site does not do where it is missing; "" where nothing runs then."""


class Missing(Exception):
    """Something is missing and cannot be installed by us; the message says what to type."""


def find_python() -> str | None:
    """The interpreter for .venv: the first of PYTHONS that is new enough and can make a virtual environment."""
    test = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {PYTHON_AT_LEAST})"
    for name in PYTHONS:
        path = shutil.which(name)
        if path and subprocess.run([path, "-c", test], capture_output=True).returncode == 0:
            return path
    return None


def parse_version(text: str) -> tuple[int, ...]:
    """(20, 19, 2) of "v20.19.2"; () of a text without digits."""
    return tuple(int(part) for part in re.findall(r"\d+", text.strip())[:3])


def node_is_recent() -> bool:
    try:
        answer = subprocess.run(["node", "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return parse_version(answer.stdout) >= NODE_AT_LEAST


def on_path(program: str) -> Callable[[], bool]:
    return lambda: shutil.which(program) is not None


def file_there(path: str) -> Callable[[], bool]:
    return lambda: Path(path).exists()


def library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


SERVER = (
    Need("PostgreSQL 17", "postgresql-17", file_there(str(PG_BIN / "postgres"))),
    Need(
        "PostGIS 3 for PostgreSQL 17",
        "postgresql-17-postgis-3",
        file_there("/usr/share/postgresql/17/extension/postgis.control"),
    ),
)
BASE = (
    Need("Python 3.12 or newer with venv", "python3.13-venv", lambda: find_python() is not None),
    Need("GDAL library", "libgdal36", library("gdal")),
    Need("GEOS library", "libgeos-c1t64", library("geos_c")),
    Need("msgfmt", "gettext", on_path("msgfmt")),
    # What printed reports are set with: WeasyPrint loads these, and embeds the fonts.
    Need("Pango", "libpango-1.0-0", library("pango-1.0")),
    Need("Pango for FreeType", "libpangoft2-1.0-0", library("pangoft2-1.0")),
    Need("HarfBuzz subsetting", "libharfbuzz-subset0", library("harfbuzz-subset")),
    Need("Chinese fonts", "fonts-noto-cjk", file_there("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")),
    Need("Node.js 20.19 or newer", "nodejs", node_is_recent),
    Need("npm", "npm", on_path("npm")),
)
MORE = (Need("ffmpeg", "ffmpeg", lambda: on_path("ffmpeg")() and on_path("ffprobe")(), "videos are not taken"),)
CLIENTS = (
    Need(
        "QGIS", "python3-qgis", file_there("/usr/lib/python3/dist-packages/qgis"), "it is no client of `make interop`"
    ),
    Need("GDAL's commands", "gdal-bin", on_path("ogrinfo"), "they are no clients of `make interop`"),
)
"""Programs of other people's desktops; nothing of ours needs them, so they are named and not installed."""
BROWSER = (Need("Chromium", "chromium", on_path("chromium")),)


def needs(*, server: bool, browser: bool) -> tuple[Need, ...]:
    """What a command needs: `server` for the embedded PostGIS, `browser` for tests and screenshots."""
    return BASE + MORE + (SERVER if server else ()) + (BROWSER if browser else ())


def missing(wanted: Iterable[Need]) -> list[Need]:
    return [need for need in wanted if not need.present()]


def root_prefix(euid: int, sudo: str | None, interactive: bool) -> list[str] | None:
    """How to become root for apt: nothing to add, sudo, or None where there is no way."""
    if euid == 0:
        return []
    if sudo is None:
        return None
    return [sudo] if interactive else [sudo, "-n"]


def advice(lacking: Sequence[Need]) -> str:
    """What to tell a person who has to install by hand."""
    lines = [f"  {need.what} (Debian package {need.package})" for need in lacking]
    packages = " ".join(need.package for need in lacking)
    return "\n".join(
        [
            "Missing on this machine:",
            *lines,
            "As root, on Debian 13:",
            f"  apt-get update && apt-get install --no-install-recommends {packages}",
        ]
    )


def ensure(wanted: Sequence[Need]) -> None:
    """Install what is missing. Raises Missing where that is not possible or did not help and nothing runs without."""
    lacking = missing(wanted)
    if not lacking:
        return
    try:
        _install(lacking)
    except Missing:
        must = [need for need in missing(lacking) if not need.without]
        if must:
            raise Missing(advice(must)) from None
        for need in missing(lacking):
            print(f"Without {need.what} (Debian package {need.package}) {need.without}.", flush=True)


def _install(lacking: Sequence[Need]) -> None:
    prefix = root_prefix(os.geteuid(), shutil.which("sudo"), sys.stdin is not None and sys.stdin.isatty())
    if prefix is None or shutil.which("apt-get") is None:
        raise Missing(advice(lacking))
    packages = [need.package for need in lacking]
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    result = subprocess.run([*prefix, "sh", "-c", APT_SCRIPT, "apt", *packages])
    still = missing(lacking)
    if result.returncode or still:
        raise Missing(advice(still or lacking))
