"""A plugin for `make interop`: after the run, a table of which real client did what with which service.

A test says it by the marker ``interop(client, service, does)``, once for each line.
"""

import importlib.metadata
from collections.abc import Generator
from typing import Any

import pytest

LINES: dict[str, list[tuple[str, str, str]]] = {}
RESULTS: dict[str, str] = {}
SECONDS: dict[str, float] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what has a line in the table."""
    for item in items:
        lines = [mark.args for mark in item.iter_markers("interop")]
        if lines:
            LINES[item.nodeid] = lines  # type: ignore[assignment]
    items[:] = [item for item in items if item.nodeid in LINES]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Note the worst of set-up, call and tear-down."""
    report = yield
    SECONDS[item.nodeid] = SECONDS.get(item.nodeid, 0) + report.duration
    if RESULTS.get(item.nodeid) != "failed":
        RESULTS[item.nodeid] = report.outcome
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    rows = [("client", "service", "what it did", "result", "seconds")]
    for test, lines in LINES.items():
        rows += [
            (_named(line[0]), *line[1:], RESULTS.get(test, "not run"), f"{SECONDS.get(test, 0):.1f}") for line in lines
        ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    terminalreporter.write_line("")
    for row in rows:
        terminalreporter.write_line(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _named(client: str) -> str:
    """The client with its version, where it is a package, GDAL in one, or a program of the desktop."""
    if client == "GDAL":
        import pyogrio

        return f"GDAL {pyogrio.__gdal_version_string__}"
    from tests.integration.ogc.desktop import versions

    if client in versions():
        return f"{client} {versions()[client]}"
    try:
        return f"{client} {importlib.metadata.version(client)}"
    except importlib.metadata.PackageNotFoundError:
        return client
