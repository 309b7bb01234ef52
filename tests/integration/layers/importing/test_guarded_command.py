"""`load_layer` on the command line: the file is read in a process of its own, and its death is one line and exit 2."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from layers.importing import worker
from layers.models import Layer
from tests.data.gis_files import square, write_file

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# A file cannot be made that ends every version of a library; the reader is made to end where the child opens it.
DEATHS = {
    "killed": ("os.abort()", "worker-crashed"),
    "bug": ("raise KeyError('Field id exists 2 times')", "internal-error"),
    "memory": ("raise MemoryError", "memory-limit"),
    "exit": ("os._exit(3)", "internal-error"),
}


def load(path: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(django_settings.BASE_DIR / "manage.py"), "load_layer", str(path), *more],
        env=worker.environment() | environment,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def six(tmp_path: Path) -> Path:
    return write_file(
        tmp_path / "six.gpkg", [square(121.31 + n / 100, 29.85) for n in range(6)], [{"n": n} for n in range(6)]
    )


def test_a_file_is_loaded_and_a_refusal_is_one_line(gis: Any, six: Path, tmp_path: Path) -> None:
    done = load(six, "--json")
    assert (done.returncode, done.stderr, json.loads(done.stdout)["rows_loaded"]) == (0, "", 6)
    assert Layer.objects.get().slug == "six"
    refused = load(tmp_path / "no.gpkg")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("load_layer: source-missing: ") and refused.stderr.count("\n") == 1


@pytest.mark.parametrize("death", DEATHS)
def test_whatever_a_file_does_to_its_process_is_one_line_and_exit_2(
    gis: Any, six: Path, tmp_path: Path, death: str
) -> None:
    act, code = DEATHS[death]
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "class Trap:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        mine = os.environ.get('GEO_PORTAL_READS_IN') == str(os.getppid())\n"
        "        if name == 'geokit.sources.discovery' and mine:\n"
        f"            {act}\n"
        "sys.meta_path.insert(0, Trap())\n"
    )
    done = load(six, "--json", PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == code
    lines = done.stderr.splitlines()
    assert lines[-1].startswith(f"load_layer: {code}: ")
    assert not Layer.objects.exists()
