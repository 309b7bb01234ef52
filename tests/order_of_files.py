"""In which order the files of tests are handed to the processes that run them.

Whole files go to whichever process is free. What takes long is begun early, or one process would be busy with it while
the others have nothing left. The first process that needs a database makes the migrated one, if there is none yet, so
the others begin with what needs no database.
"""

from collections.abc import Sequence

import pytest

WITHOUT_DATABASE = "tests/unit/"


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of one file together, otherwise in the order that they have."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.split("::")[0], []).append(item)
    by_length = sorted(files, key=lambda name: not any(item.get_closest_marker("slow") for item in files[name]))
    plain = [name for name in by_length if name.startswith(WITHOUT_DATABASE)]
    others = [name for name in by_length if not name.startswith(WITHOUT_DATABASE)]
    # Each of two processes is given two files at the start, in turn: the first one those with a database.
    order = [*others[:1], *plain[:1], *others[1:2], *plain[1:], *others[2:]]
    return [item for name in order for item in files[name]]
