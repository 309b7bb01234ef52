"""A process of its own that reads the places of one file. What comes in is an outsider's, and the libraries are C.

Run as ``python -m projects.plan.place_child SUFFIX CRS LANGUAGE MEMORY_MB``, the file on standard input; answers with
JSON. A file that makes a library hang or fall takes nothing with it, and no secret of the site is here.
"""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils.translation import override

from geokit.process_limits import ROOT, limit_this_process
from geokit.refusal import Refusal, TooLarge
from projects.plan.place_files import read_places

CPU_SECONDS = 30


def answer_of(suffix: str, crs: str, content: bytes) -> dict[str, Any]:
    """Return ``places`` (name, shape as hexadecimal WKB in EPSG:4326), or the ``refusal``."""
    with tempfile.TemporaryDirectory(prefix="places-") as folder:
        path = Path(folder) / f"source{suffix}"
        path.write_bytes(content)
        try:
            found = read_places(path, Path(folder) / "work", crs)
            return {"places": [[name, shape.hex.decode()] for name, shape in found]}
        except Refusal as refusal:
            errors = [asdict(error) for error in refusal.errors]
            said = {"message": refusal.message, "code": refusal.code, "errors": errors}
            return {"refusal": said, "is_large": isinstance(refusal, TooLarge)}
        except MemoryError:
            return {"ended": "memory-limit"}


def main(suffix: str, crs: str, language: str, memory_mb: str) -> None:
    folders = [ROOT / "geokit" / "locale", ROOT / "projects" / "locale"]
    settings.configure(USE_I18N=True, LOCALE_PATHS=folders, LANGUAGE_CODE="zh-hans")  # for the words of refusals alone
    django.setup()
    limit_this_process(int(memory_mb), CPU_SECONDS)
    with override(language):
        answer = answer_of(suffix, crs, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
