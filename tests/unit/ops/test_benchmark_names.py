"""Which benchmarks run: all without names, but not those that install other people's servers."""

import pytest

from tests.benchmark import harness


@pytest.fixture(autouse=True)
def _two(monkeypatch):
    monkeypatch.setattr(harness, "REGISTERED", {})
    monkeypatch.setattr(harness, "BY_NAME_ONLY", set())
    harness.benchmark("quiet")(lambda context: [])
    harness.benchmark("others", by_name_only=True)(lambda context: [])


def test_without_names_only_those_that_need_not_be_named():
    assert harness.chosen([]) == ["quiet"]


def test_a_named_one_runs_and_no_other():
    assert harness.chosen(["others"]) == ["others"]


def test_a_name_is_given_once():
    harness.benchmark("free")(lambda context: [])
    with pytest.raises(ValueError, match="two benchmarks are called free"):
        harness.benchmark("free")(lambda context: [])


def test_an_unknown_name_is_refused(capsys):
    assert harness.run(["nobody"], quick=True) == 2
    assert "no benchmark called nobody; there are: others, quiet" in capsys.readouterr().out
