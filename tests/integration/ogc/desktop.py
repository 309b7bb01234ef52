"""Programs of a desktop that Debian has: QGIS without a window, and GDAL's own commands. Tests skip where none is."""

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PYTHON = "/usr/bin/python3"
"""The interpreter that Debian's QGIS belongs to; the site's own has none of its modules."""
CLIENT = Path(__file__).with_name("qgis_client.py")
needs_qgis = pytest.mark.skipif(
    not Path("/usr/lib/python3/dist-packages/qgis").is_dir(), reason="no QGIS here (Debian package python3-qgis)"
)
needs_gdal = pytest.mark.skipif(not shutil.which("ogrinfo"), reason="no GDAL programs (Debian package gdal-bin)")


def clean_environment():
    """What a person's own shell has: nothing that the site tells its own GDAL or Python."""
    ours = ("GDAL", "OGR", "CPL", "PYTHON", "VIRTUAL_ENV", "PROJ")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def ask_qgis(*questions, kept=None):
    """Return the answers of `qgis_client.py` and what QGIS noted of trouble meanwhile.

    It begins with nothing kept of the site, or with what an earlier call left in the folder `kept`: all tests of a
    process have one address, so that a folder of all would show one test the answers to another.
    """
    with TemporaryDirectory() as fresh:
        done = subprocess.run(
            [PYTHON, str(CLIENT)], input=json.dumps(questions),
            env={**clean_environment(), "XDG_CACHE_HOME": str(kept or fresh)}, capture_output=True, text=True,
            timeout=600,
        )  # fmt: skip
    found = re.search(r"^ANSWERS (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stdout[-2_000:] + done.stderr[-2_000:]
    answered = json.loads(found.group(1))
    return answered["answers"], answered["noted"]


def command(*words, **environ):
    """Return what a command prints."""
    environ = {**clean_environment(), **environ}
    done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def versions():
    """The versions of what is there, by the name in the table."""
    found = {}
    if shutil.which("ogrinfo"):
        found["GDAL's commands"] = command("ogrinfo", "--version").split()[1].rstrip(",")
    ask = "import qgis.core; print(qgis.core.Qgis.QGIS_VERSION)"
    done = subprocess.run([PYTHON, "-c", ask], env=clean_environment(), capture_output=True, text=True)
    if done.returncode == 0:
        found["QGIS"] = done.stdout.strip()
    return found
