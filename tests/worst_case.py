"""Tries a parser on hostile input in a child process, so that one without bound fails its test and no more.

The child's processor time is limited by the kernel, which also ends code that never returns to Python.
"""

import importlib
import pickle
import resource
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from time import process_time
from typing import Any

LIMIT_S = 20
"""Processor seconds of one child for all its inputs, start of Django (2-3 s) included."""
GROWTH = 30
"""How much more eight times the input may cost: linear work costs 8 times as much, quadratic 64 times."""
NOISE_S = 0.01
"""Processor seconds below which two costs do not differ."""


def costs(parser: str, inputs: Iterable[Any], limit_s: int = LIMIT_S) -> list[float]:
    """Return the processor seconds that `parser` (``package.module:function``) took for each input.

    A refusal (BadInput and its kin, ValueError) is an answer like another. Fails when the child exceeds `limit_s`,
    dies, or meets an exception that nobody foresaw.
    """
    child = subprocess.run(
        [sys.executable, "-m", "tests.worst_case", parser, str(limit_s)],
        input=pickle.dumps(list(inputs)),
        capture_output=True,
        cwd=Path(__file__).parent.parent,
        check=False,
    )
    assert child.returncode == 0, f"{parser}: {child.returncode} {child.stderr.decode()[-2000:]}"
    found: list[float] = pickle.loads(child.stdout)
    return found


def assert_linear(parser: str, small: list[Any], eight_times: list[Any]) -> None:
    """Compare the cost of each input with that of its counterpart of eight times the size."""
    taken = costs(parser, [*small, *eight_times])
    for index, (few, many) in enumerate(zip(taken[: len(small)], taken[len(small) :], strict=True)):
        assert many <= GROWTH * max(few, NOISE_S), (parser, str(small[index])[:60], few, many)


def _child(parser: str, limit_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
    import django

    django.setup()
    from geokit.refusal import Refusal

    module, _, name = parser.partition(":")
    parse = attrgetter(name)(importlib.import_module(module))
    taken = []
    for given in pickle.loads(sys.stdin.buffer.read()):
        start = process_time()
        with suppress(Refusal, ValueError):
            parse(*given) if isinstance(given, tuple) else parse(given)
        taken.append(process_time() - start)
    sys.stdout.buffer.write(pickle.dumps(taken))


if __name__ == "__main__":
    _child(sys.argv[1], int(sys.argv[2]))
