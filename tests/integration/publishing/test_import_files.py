"""Files of articles at their bounds: cells that are too long for a workbook, and more rows than a batch takes."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from accounts.loads.registry import declared
from accounts.loads.services import load_rows
from accounts.models import User
from geo_portal.setup.reading import read_file
from geokit.refusal import TooLarge
from publishing.models import SitePage
from tests.conftest import World
from tests.integration.publishing.test_imports import HEAD, codes, load, many
from ui.downloads import CELL_LENGTH, Sheet, xlsx


def test_a_file_of_more_rows_than_a_batch_is_refused(world: World, staff: User, tmp_path: Path) -> None:
    rows = "".join(f"/a/{number}.html,标题,2020-03-12,,,,正文,,\n" for number in range(501))
    with pytest.raises(TooLarge) as refusal:
        load(staff, HEAD + rows, tmp_path)
    assert refusal.value.code == "sheet-too-large"


def test_an_article_longer_than_a_cell_leaves_in_a_workbook_and_comes_back_whole(
    world: World, editors: list[User], as_user: Any, tmp_path: Path
) -> None:
    text = "".join(f"<p>第{number}段：视察 南塘河 = {'水' * 900}。</p>" for number in range(75))
    assert len(text) > 2 * CELL_LENGTH
    load(editors[0], many(1, text=text), tmp_path)
    chief = as_user(editors[0])
    content = chief.get(reverse("setup:rows", args=["articles", "xlsx"])).content
    path, dataset = tmp_path / "articles.xlsx", declared()["articles"]
    path.write_bytes(content)
    answer = load_rows(editors[0], dataset, read_file(dataset, path.name, path))
    assert [(one.outcome, one.changes) for one in answer.outcomes] == [("same", ())]
    body = SitePage.objects.get().revisions.get().body
    assert sum(block["text"].count("水") for block in body) == 75 * 900


def test_an_article_that_a_spreadsheet_program_has_cut_off_is_refused(
    world: World, editors: list[User], tmp_path: Path
) -> None:
    full = "字" * CELL_LENGTH
    path, dataset = tmp_path / "cut.xlsx", declared()["articles"]
    heads = ["原网址", "标题", "发布日期", "正文", "正文 2"]
    rows = [["/a.html", "一", "2020-03-12", full, ""], ["/b.html", "二", "2020-03-12", full, "余下的。"]]
    path.write_bytes(xlsx(Sheet([heads, *rows])))
    answer = load_rows(editors[0], dataset, read_file(dataset, path.name, path))
    assert codes(answer) == ["cut-off"] and answer.counts["stored"] == 1
    body = SitePage.objects.get().revisions.get().body
    assert "".join(block["text"] for block in body) == full + "余下的。"
