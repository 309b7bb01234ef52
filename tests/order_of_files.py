"""In which order the files of tests are handed to the processes that run them.

Whole files go to whichever process is free. What takes long is begun early, or one process would be busy with it while
the others have nothing left. The first process that needs a database makes the migrated one, if there is none yet, so
the others begin with what needs no database. It loads the demo district as well; other files that work on that
(`mark.demo`) come after all else that takes long, or their process would only wait for it.
"""

from collections.abc import Sequence

import pytest

WITHOUT_DATABASE = "tests/unit/"


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests, those of one file together, otherwise in the order that they have."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.split("::")[0], []).append(item)
    of_the_demo = [name for name in files if _is_marked(files[name], "demo")]

    def rank(name: str) -> int:
        if name in of_the_demo:
            return 0 if name == of_the_demo[0] else 2
        return 1 if _is_marked(files[name], "slow") else 3

    by_length = sorted(files, key=rank)
    plain = [name for name in by_length if name.startswith(WITHOUT_DATABASE)]
    others = [name for name in by_length if not name.startswith(WITHOUT_DATABASE)]
    # Each of two processes is given two files at the start, in turn: the first one those with a database.
    order = [*others[:1], *plain[:1], *others[1:2], *plain[1:], *others[2:]]
    return [item for name in order for item in files[name]]


def _is_marked(items: Sequence[pytest.Item], name: str) -> bool:
    return any(item.get_closest_marker(name) for item in items)
