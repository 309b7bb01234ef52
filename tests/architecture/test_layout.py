"""The inner walls of the rooms: folders that can be overlooked, topics that import in one direction."""

from collections import Counter
from pathlib import Path

import grimp
import networkx
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(marker.parent.name for marker in ROOT.glob("*/__init__.py") if marker.parent.name != "tests")
MOST_MODULES = 25


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(*ROOMS, cache_dir=None)


def modules_below(room):
    return [path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_no_folder_holds_more_modules_than_can_be_overlooked(room):
    folders = Counter(path.parent for path in modules_below(room) if path.name != "__init__.py")
    assert {str(folder): count for folder, count in folders.items() if count > MOST_MODULES} == {}


def between_children(graph, package):
    """The imports among the children of a package: an arrow where anything in one imports anything in another."""
    arrows = networkx.DiGraph()
    depth = package.count(".") + 1
    for module in graph.modules:
        if not module.startswith(f"{package}.") or ".migrations" in module:
            continue
        for imported in graph.find_modules_directly_imported_by(module):
            if imported.startswith(f"{package}.") and ".migrations" not in imported:
                source, target = module.split(".")[depth], imported.split(".")[depth]
                if source != target:
                    arrows.add_edge(source, target)
    return arrows


@pytest.mark.parametrize("room", ROOMS)
def test_no_topics_import_each_other_in_a_circle(graph, room):
    packages = {module.rpartition(".")[0] for module in graph.modules if module.startswith(f"{room}.")}
    circles = {}
    for package in packages:
        parts = networkx.strongly_connected_components(between_children(graph, package))
        if found := [sorted(part) for part in parts if len(part) > 1]:
            circles[package] = found
    assert circles == {}


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_apps_and_migrations_of_a_room_import_its_list_of_models(graph, room):
    flat = f"{room}.models"
    topics = [module for module in graph.modules if module.startswith(f"{room}.") and module.endswith(".models")]
    if flat not in graph.modules or topics == [flat]:
        return  # no tables, or all of them in this one module
    importers = graph.find_modules_that_directly_import(flat)
    inside = {name for name in importers if name.startswith(f"{room}.") and ".migrations" not in name}
    assert inside - {f"{room}.apps", f"{room}.admin"} == set()
