"""Tries a parser on hostile input in a child process, so that one without bound fails its test and no more.

The child's processor time is limited by the kernel, which also ends code that never returns to Python.
"""

import importlib
import multiprocessing
import os
import resource
import traceback
from collections.abc import Iterable
from contextlib import suppress
from math import nan
from multiprocessing.connection import Connection
from operator import attrgetter
from pathlib import Path
from time import process_time
from typing import Any

CHILDREN = multiprocessing.get_context("forkserver")
"""A child comes from a server that has set Django up once for all of them; it is started by the first test to ask."""
CHILDREN.set_forkserver_preload(["tests.worst_case_preload"])
LIMIT_S = 20
"""Processor seconds of one child for all its inputs."""
GROWTH = 30
"""How much more eight times the input may cost: linear work costs 8 times as much, quadratic 64 times."""
STUCK_S = 60
"""A child that neither answers nor uses a processor for so long was forked while a thread of a library held a lock."""
NOISE_S = 0.01
"""Processor seconds below which two costs do not differ."""


def costs(parser: str, inputs: Iterable[Any], limit_s: int = LIMIT_S) -> list[float]:
    """Return the processor seconds that `parser` (``package.module:function``) took for each input.

    A refusal (BadInput and its kin, ValueError) is an answer like another. Fails when the child exceeds `limit_s`,
    dies, or meets an exception that nobody foresaw.
    """
    given = list(inputs)
    found = _ask_child(parser, given, limit_s)
    if found is None:  # never begun, which says nothing of the parser
        found = _ask_child(parser, given, limit_s)
    assert isinstance(found, list), f"{parser}: {found}"
    return found


def _ask_child(parser: str, inputs: list[Any], limit_s: int) -> list[float] | str | None:
    """The seconds, or what went wrong; None where the child stood still until it was killed."""
    answers, theirs = CHILDREN.Pipe(duplex=False)
    child = CHILDREN.Process(target=_child, args=(theirs, parser, inputs, limit_s))
    with answers:
        child.start()
        theirs.close()
        used = -1.0
        while not answers.poll(STUCK_S):
            if (now := _processor_seconds(child.pid)) == used:
                child.kill()
                child.join()
                return None
            used = now
        try:
            return answers.recv()
        except EOFError:  # it was ended
            child.join()
            return f"no answer, {child.exitcode}"
        finally:
            child.join()


def _processor_seconds(pid: int | None) -> float:
    """What a process has used; NaN, which equals nothing, when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def assert_linear(parser: str, small: list[Any], eight_times: list[Any]) -> None:
    """Compare the cost of each input with that of its counterpart of eight times the size."""
    taken = costs(parser, [*small, *eight_times])
    for index, (few, many) in enumerate(zip(taken[: len(small)], taken[len(small) :], strict=True)):
        assert many <= GROWTH * max(few, NOISE_S), (parser, str(small[index])[:60], few, many)


def _child(answers: Connection, parser: str, inputs: list[Any], limit_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
    try:
        answers.send(_costs(parser, inputs))
    except Exception:
        answers.send(traceback.format_exc()[-2000:])


def _costs(parser: str, inputs: list[Any]) -> list[float]:
    module, _, name = parser.partition(":")
    parse = attrgetter(name)(importlib.import_module(module))
    from geokit.refusal import Refusal

    taken = []
    for given in inputs:
        start = process_time()
        with suppress(Refusal, ValueError):
            parse(*given) if isinstance(given, tuple) else parse(given)
        taken.append(process_time() - start)
    return taken
