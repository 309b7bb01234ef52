"""Functions that the queue and the schedules name by dotted path are there under that name."""

import ast
from pathlib import Path
from pkgutil import resolve_name

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENDS = (".py", ".sql", ".json")
FORMER = {"layers.cleanup.clean_up", "layers.lost_jobs.revive_lost_imports"}
"""Names that schedules of earlier versions are carried over from."""


def dotted_names() -> list[str]:
    """Every string of the room's code that is a dotted path below `layers`, but no file's name."""
    found = set()
    for path in (ROOT / "layers").rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("layers."):
                name = node.value
                if name.count(".") > 1 and name.replace(".", "").isidentifier() and not name.endswith(ENDS):
                    found.add(name)
    return sorted(found - FORMER)


def test_the_list_holds_the_scheduled_and_the_queued() -> None:
    assert {
        "layers.importing.cleanup.clean_up",
        "layers.importing.job_recovery.requeue_lost_imports",
        "layers.importing.worker.inspect_upload",
        "layers.importing.worker.run_import",
        "layers.exporting.jobs.run",
        "layers.overlay.runs.work",
        "layers.catalogue.thumbnails.draw_missing",
    } <= set(dotted_names())


@pytest.mark.parametrize("name", dotted_names())
def test_a_dotted_name_leads_somewhere(name: str) -> None:
    assert resolve_name(name) is not None
