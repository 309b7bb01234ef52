"""What is drawn of a table, and that the docs hold today's tables."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from ledger.steps import State, StepTable, Transition, stay
from ledger.steps.pictures import document
from ledger.steps.registry import all_tables

STAFF = frozenset({"staff"})
LETTERS = StepTable(
    name="letters",
    title="来信",
    states=(State("new", "新收", ("open",)), State("held", "暂缓"), State("done", "已办结", ring="full")),
    transitions=(
        Transition("new", "close", "done", STAFF, ("text",), notice="closed"),
        Transition("new", "hold", "held", STAFF | {"author"}),
        Transition("held", "resume", None, STAFF),
        *stay(("new", "held"), "remark", STAFF),
    ),
    verbs={"close": "办结", "hold": "暂缓办理", "resume": "恢复", "remark": "说明"},
    parties={"staff": "工作人员", "author": "提出人"},
    beginnings={"received": "new"},
    needs={"text": "请写明结果。"},
)


@pytest.fixture
def lettered(monkeypatch):
    """A site whose one table is LETTERS."""
    for config in apps.get_app_configs():
        monkeypatch.setattr(config, "step_tables", (), raising=False)
    monkeypatch.setattr(apps.get_app_config("ledger"), "step_tables", (f"{__name__}.LETTERS",))


def test_the_diagram_shows_what_moves_and_not_what_stays():
    page = document(LETTERS)
    assert '    state "新收" as new\n' in page
    assert "    [*] --> new\n" in page
    assert "    new --> held : 暂缓办理\n" in page
    assert "    held --> new : 恢复\n" in page
    assert "    done --> [*]\n" in page
    assert "new --> new" not in page


def test_the_tables_name_states_and_transitions_and_leave_out_empty_columns():
    page = document(LETTERS)
    assert "| State | Name | Groups | Ring | Begins with |\n" in page
    assert "| 新收 | `new` | open |  | received |\n" in page
    assert "| From | Step | To | Who | Needs | Event | Notice |\n" in page
    assert "| 新收 | 办结 | 已办结 | 工作人员 | `text` | `close` | closed |\n" in page
    assert "| 新收 | 暂缓办理 | 暂缓 | 工作人员、提出人 |  | `hold` |  |\n" in page
    assert "| 暂缓 | 恢复 | back | 工作人员 |  | `resume` |  |\n" in page
    assert "| 新收、暂缓 | 说明 | stays | 工作人员 |  | `remark` |  |\n" in page


def test_drawing_writes_what_is_out_of_date_and_removes_what_is_no_table(lettered, tmp_path, capsys):
    (tmp_path / "gone.md").write_text("a table that is no more")
    (tmp_path / "index.md").write_text("written by hand")
    with pytest.raises(SystemExit) as ended:
        call_command("draw_steps", "--check", folder=tmp_path)
    assert ended.value.code == 1
    assert capsys.readouterr().out.split() == ["letters.md", "gone.md"]
    call_command("draw_steps", folder=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.md", "letters.md"]
    assert (tmp_path / "letters.md").read_text(encoding="utf-8") == document(LETTERS)
    with pytest.raises(SystemExit) as ended:
        call_command("draw_steps", "--check", folder=tmp_path)
    assert ended.value.code == 0


def test_two_tables_of_one_name_are_refused(lettered, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("accounts"), "step_tables", (f"{__name__}.LETTERS",), raising=False)
    with pytest.raises(ValueError, match="one name"):
        all_tables()


def test_the_pictures_in_the_docs_are_those_of_the_tables():
    folder = settings.BASE_DIR / "docs" / "steps"
    drawn = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.md") if path.name != "index.md"}
    assert drawn == {name: document(table) for name, table in all_tables().items()}, "run manage.py draw_steps"
