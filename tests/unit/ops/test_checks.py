"""`make check` runs every check and names all that failed; `make test-quick` chooses what a change touches."""

import pytest

from tests.data.clone import run_command

SET_UP = ("base-python", "npm ci", "npm run --silent build", "python -m pip", "python manage.py collectstatic")
ADDRESS = "https://" + ".".join(["registry", "npmjs", "org"]) + "/htmx"


@pytest.fixture
def tree(clone):
    """A clone with a first commit."""
    clone.write(".gitignore", ".venv/\nvar/\nnode_modules/\ndist/\n*.mo\n")
    clone.git("init", "-q")
    clone.git("add", ".")
    clone.git("commit", "-qm", "first")
    return clone


@pytest.fixture
def check(tree, monkeypatch):
    return lambda: run_command(monkeypatch, "check")


def test_all_well_is_said_and_exit_code_0(check, tree, capsys):
    assert check() == 0
    assert capsys.readouterr().out.endswith("All checks passed.\n")
    calls = tree.calls()
    for part in ("ruff check .", "ruff format --check .", "mypy ui", "lint-imports", "djlint --lint --quiet ui/templ",
                 "makemigrations --check", "check --deploy", "npm run --silent check", "npm test"):  # fmt: skip
        assert any(part in call for call in calls), part


@pytest.mark.parametrize(
    ("failing", "names"),
    [
        (["ruff check"], "ruff"),
        (["-m mypy"], "types"),
        (["^lint-imports"], "import order"),
        (["djlint"], "templates"),
        (["makemigrations"], "migrations"),
        (["lintmigrations"], "migrations of tables in use"),
        (["--deploy"], "deployment"),
        (["npm run --silent check"], "web"),
        (["ruff format", "npm test"], "format, web tests"),
    ],
)
def test_every_failed_check_is_named_and_all_are_run(check, tree, capsys, failing, names):
    tree.fail(*failing)
    assert check() == 1
    assert capsys.readouterr().err == f"Failed: {names}\n"
    assert sum(not call.startswith(SET_UP) for call in tree.calls()) == 10


def test_a_registrys_address_fails_and_is_shown_with_its_place(check, tree, capsys):
    tree.write("web/src/new.ts", f"first\nconst from = '{ADDRESS}';\n")
    assert check() == 1
    said = capsys.readouterr()
    assert f"web/src/new.ts:2: const from = '{ADDRESS}';" in said.out
    assert said.err == "Failed: forbidden words\n"


def quick(tree, monkeypatch, *words):
    code = run_command(monkeypatch, "test-quick", *words)
    return code, tree.calls()[-1]


CHOSEN = "python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder tests/unit tests/architecture"


def test_the_quick_lane_takes_the_rooms_of_what_is_not_committed(tree, monkeypatch):
    tree.write("ui/tokens.json", "{ }")
    tree.write("layers/new.py", "")
    tree.write("tests/integration/layers/test_new.py", "")
    code, call = quick(tree, monkeypatch, "-x")
    assert code == 0
    assert call == f"{CHOSEN} tests/integration/layers tests/integration/ui --rooms=layers,ui -x"


def test_with_everything_committed_it_takes_the_rooms_of_the_last_commit(tree, monkeypatch):
    tree.write("ui/tokens.json", "{ }")
    tree.git("commit", "-qam", "second")
    assert quick(tree, monkeypatch)[1] == f"{CHOSEN} tests/integration/ui --rooms=ui"


def test_a_first_commit_has_no_rooms_and_the_quick_lane_runs_all_the_same(tree, monkeypatch):
    assert quick(tree, monkeypatch)[1] == f"{CHOSEN} --rooms=none"


def test_the_quick_lane_says_what_it_chose_and_gives_pytests_exit_code(tree, monkeypatch, capsys):
    tree.fail("-m pytest")
    assert quick(tree, monkeypatch)[0] == 3
    assert "── tests/unit tests/architecture --rooms=none" in capsys.readouterr().out
