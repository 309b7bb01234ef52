"""`make docs`: its packages, its exit code, and a link that leads nowhere."""

import sys
from importlib.util import find_spec

import pytest

from ops import setup
from tests.data.clone import run_command

CONF = 'extensions = ["myst_parser"]\nsource_suffix = {".md": "markdown"}\n'


@pytest.fixture
def docs(clone, monkeypatch):
    return lambda *words: run_command(monkeypatch, "docs", *words)


def test_the_site_goes_to_var_docs_and_its_place_is_said(docs, clone, capsys):
    assert docs("-j", "2") == 0
    assert clone.calls()[-1] == "python -m sphinx --fail-on-warning --keep-going --quiet -j 2 ./docs ./var/docs"
    assert f"The documentation is at {clone.root}/var/docs/index.html" in capsys.readouterr().out


def test_only_what_the_pages_need_is_installed(docs, clone):
    docs()
    installed = [call.rpartition("/")[2] for call in clone.calls() if " pip install " in call]
    assert installed == ["requirements.txt", "requirements-docs.txt"]


def test_a_failed_build_gives_its_exit_code_and_names_no_place(docs, clone, capsys):
    clone.fail("-m sphinx")
    assert docs() == 3
    assert "The documentation is at" not in capsys.readouterr().out


@pytest.mark.skipif(not (find_spec("sphinx") and find_spec("myst_parser")), reason="`make docs` installs Sphinx")
@pytest.mark.parametrize(("link", "code"), [("other.md", 0), ("nowhere.md", 1), ("other.md#nowhere", 1)])
def test_a_link_that_leads_nowhere_fails_the_build(docs, clone, monkeypatch, link, code):
    docs()
    monkeypatch.setattr(setup, "PYTHON", sys.executable)
    clone.write("docs/conf.py", CONF + "myst_heading_anchors = 3\n")
    clone.write("docs/index.md", f"# Pages\n\n```{{toctree}}\nother\n```\n\n[there]({link})\n")
    clone.write("docs/other.md", "# Other\n")
    assert docs() == code
