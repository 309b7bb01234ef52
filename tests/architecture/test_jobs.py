"""What rows of the queue may have a worker call: functions of our own that are there, and all that is queued."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from jobs.calls import named
from jobs.models import Schedule

ROOT = Path(__file__).parents[2]
ROOMS = sorted(file.parent for file in ROOT.glob("*/apps.py"))


@pytest.mark.parametrize("path", sorted(named() | named("long_tables")))
def test_what_may_be_called_is_a_function_of_the_package_that_is_named(path: str) -> None:
    found = import_string(path)
    assert inspect.isfunction(inspect.unwrap(found))
    where, _dot, name = path.rpartition(".")
    assert f"{found.__module__}.".startswith(f"{where}.") and found.__qualname__ == name


def test_what_is_queued_by_its_name_may_be_called() -> None:
    queued = {path for room in ROOMS for file in room.rglob("*.py") for path in _queued(file)}
    assert len(queued) > 15
    assert queued <= named()


@pytest.mark.django_db
def test_what_runs_by_the_clock_may_be_called() -> None:
    scheduled = set(Schedule.objects.values_list("func", flat=True))
    assert len(scheduled) > 20
    assert scheduled <= named()


def _queued(file: Path) -> Iterator[str]:
    """The paths that a module hands to `enqueue`, in words or by a constant of its own."""
    if "enqueue(" not in (text := file.read_text()):
        return
    tree = ast.parse(text)
    words = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "enqueue" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)
            elif isinstance(first, ast.Name) and first.id in words:
                yield str(words[first.id])
