"""The encyclopedia: terms where they stand in texts of law, on points' and matters' pages, and their own pages."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from library.documents.services import add_document
from library.models import Document
from library.reading.files import ReadFile
from library.terms.entry import DEPUTIES
from library.terms.queries import ENTRIES
from tests.conftest import World

pytestmark = pytest.mark.django_db
LAW = f"""{DEPUTIES}
2025年3月11日修正
第二十六条 小组活动是基本形式。
第二十七条 组成代表小组。
第五十一条 代表建议由有关机关办理，代表建议自交办之日起三个月内答复。
第六十五条 本法自公布之日起施行。"""


@pytest.fixture
def law(world: World, staff: User) -> Document:
    facts = {"kind": "law", "visibility": "public", "area": None}
    return add_document(staff, facts, ReadFile(LAW), (date(2025, 3, 11), date(2025, 3, 11)), None).document


def page(client: Any, address: str, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_law_links_each_term_once_and_not_in_its_headings(law: Document, as_user: Any) -> None:
    text = page(as_user(None), law.get_absolute_url())
    assert text.count('href="/library/terms/suggestion/"') == 1
    assert text.count('href="/library/terms/deputy-group/"') == 1
    assert "，代表建议自交办" in text and "《代表法》第五十一条" in text


def test_a_terms_page_shows_the_article_in_force(law: Document, as_user: Any) -> None:
    text = page(as_user(None), "/library/terms/suggestion/")
    article = law.versions.get().articles.get(label="第五十一条")
    assert article.get_absolute_url() in text and "自交办之日起三个月内答复" in text
    assert "代表建议" in text and "也写作" in text


def test_a_term_of_two_articles_shows_both_the_foremost_first(law: Document, as_user: Any) -> None:
    text = page(as_user(None), "/library/terms/deputy-group/")
    assert "《代表法》第二十七条、第二十六条" in text and "小组活动是基本形式" in text
    assert text.index(">第二十七条</a>") < text.index(">第二十六条</a>")


def test_without_the_law_or_with_one_that_may_not_be_read_the_page_names_it(law: Document, as_user: Any) -> None:
    Document.objects.filter(pk=law.pk).update(visibility="internal")
    text = page(as_user(None), "/library/terms/suggestion/")
    assert "《代表法》第五十一条" in text and "自交办之日起三个月内答复" not in text
    assert law.code not in text


def test_all_terms_are_listed_and_speak_english_on_english_pages(as_user: Any, db: None) -> None:
    client = as_user(None)
    text = page(client, "/library/terms/")
    assert all(f"/library/terms/{code}/" in text for code in ENTRIES)
    english = page(client, "/library/terms/", headers={"accept-language": "en"})
    assert "deputy group" in english and "river chief system" in english
    assert client.get("/library/terms/no-such/").status_code == 404


def test_no_document_takes_the_address_of_a_page(world: World, staff: User) -> None:
    facts = {"title": "terms", "kind": "law", "visibility": "public"}
    version = add_document(staff, facts, ReadFile("第一条 甲。"), (None, None), None)
    assert version.document.code == "terms-2"
