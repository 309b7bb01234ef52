"""The files of tests in the order in which processes take them."""

from types import SimpleNamespace

import pytest

from tests.order_of_files import in_order


def items_of(file, count=1, slow=False, demo=False):
    marks = {"slow": slow, "demo": demo}
    return [SimpleNamespace(nodeid=f"{file}::test_{number}", get_closest_marker=marks.get) for number in range(count)]


def order(*groups):
    return [item.nodeid for item in in_order([item for group in groups for item in group])]


def test_what_takes_long_is_begun_first_and_needs_no_database_in_one_of_two_processes():
    ordered = order(
        items_of("tests/unit/a.py"),
        items_of("tests/integration/a.py"),
        items_of("tests/unit/long.py", slow=True),
        items_of("tests/integration/b.py"),
        items_of("tests/integration/long.py", slow=True),
        items_of("tests/unit/b.py"),
    )
    assert [name.removeprefix("tests/").partition("::")[0] for name in ordered] == [
        "integration/long.py", "unit/long.py", "integration/a.py", "unit/a.py", "unit/b.py", "integration/b.py",
    ]  # fmt: skip


def test_one_process_loads_the_demo_and_nobody_waits_for_it():
    ordered = order(
        items_of("tests/integration/short.py"),
        items_of("tests/integration/demo.py", slow=True, demo=True),
        items_of("tests/integration/long.py", slow=True),
        items_of("tests/integration/tiles.py", demo=True),
        items_of("tests/integration/longer.py", slow=True),
    )
    assert [name.removeprefix("tests/integration/").partition("::")[0] for name in ordered] == [
        "demo.py", "long.py", "longer.py", "tiles.py", "short.py",
    ]  # fmt: skip


def test_a_file_stays_together_in_the_order_it_has():
    first, second = items_of("tests/unit/a.py", count=3)[::-1], items_of("tests/unit/b.py", count=2)
    mixed = [first[0], second[0], first[1], second[1], first[2]]
    assert order(mixed) == [item.nodeid for item in (*first, *second)]


@pytest.mark.parametrize("kind", ["unit", "integration"])
def test_one_kind_alone_loses_nothing(kind):
    groups = [items_of(f"tests/{kind}/{name}.py", count=2) for name in "abc"]
    assert order(*groups) == [item.nodeid for group in groups for item in group]
