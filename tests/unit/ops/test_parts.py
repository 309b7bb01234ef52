"""`make test` runs browser tests in a process of their own and gives one verdict."""

import pytest

from ops.checks import BROWSERS, SIDE_BY_SIDE, SLOWEST, changed_rooms, parts, quick_paths, separate, verdict


@pytest.mark.parametrize("arguments", [[], ["-q"], ["-k", "officer"], ["-x", "--durations=10"]])
def test_without_paths_browser_tests_run_apart(arguments):
    assert parts(arguments) == [
        [*SIDE_BY_SIDE, "--ignore=tests/e2e", *arguments],
        [*BROWSERS, "tests/e2e", *arguments],
    ]


def test_tests_have_a_folder_of_their_own_and_keep_their_bytecode_where_nobody_else_does(tmp_path):
    environ = separate({"VAR_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"})
    assert environ["VAR_DIR"] == str(tmp_path / "test")
    assert "PYTHONDONTWRITEBYTECODE" not in environ


def test_coverage_and_the_slowest_tests_are_measured_on_the_whole_suite_only():
    whole, browser = parts([], measured=True)
    assert ["--cov" in part for part in (whole, browser)] == [True, False]
    assert all(set(SLOWEST) <= set(part) for part in (whole, browser))
    assert all({"--cov", *SLOWEST}.isdisjoint(part) for part in parts(["-k", "officer"], measured=True))


@pytest.mark.parametrize("path", ["tests/unit", "tests/unit/ops/test_parts.py::test_a_failure_in_any_part_fails"])
def test_named_paths_are_run_as_they_are(path):
    assert parts(["-q", path]) == [["-q", path]]


@pytest.mark.parametrize(("codes", "expected"), [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([2, 1], 2), ([-9, 0], -9)])
def test_a_failure_in_any_part_fails(codes, expected):
    assert verdict(codes) == expected


def test_a_part_in_which_nothing_matched_does_not_count_beside_one_that_ran():
    assert verdict([5, 0]) == 0
    assert verdict([0, 5]) == 0
    assert verdict([5, 1]) == 1


def test_nothing_at_all_is_no_success():
    assert verdict([5, 5]) == 5


def folders(root, *names):
    for name in names:
        (root / name).mkdir(parents=True)


def test_the_quick_lane_adds_the_rooms_that_changed(tmp_path):
    folders(tmp_path, "tests/integration/layers", "tests/integration/tiles", "tests/integration/stations")
    changed = ["layers/api/views.py", "tests/integration/tiles/test_http.py", "README.md", "geokit/refusal.py"]
    found = quick_paths(changed_rooms(changed), tmp_path)
    assert found == ["tests/unit", "tests/architecture", "tests/integration/layers", "tests/integration/tiles"]


def test_the_quick_lane_of_nothing_is_unit_and_architecture(tmp_path):
    assert quick_paths([], tmp_path) == ["tests/unit", "tests/architecture"]


def test_a_rooms_rows_of_the_access_table_are_the_rooms():
    changed = [
        "projects/urls.py",
        "tests/architecture/access/rooms/stations.py",
        "tests/integration/tiles/test_a.py",
        "README.md",
    ]
    assert changed_rooms(changed) == ["README.md", "projects", "stations", "tiles"]
