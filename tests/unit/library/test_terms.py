"""The encyclopedia's entries, held against the texts of the laws that they cite."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.translation import override

from library.reading.law_text import read_law
from library.terms.entry import Entry
from library.terms.queries import ENTRIES, GROUPS, names_of, words

LAWS = Path(__file__).parents[3] / "fixtures" / "laws"
SHORTEST = 8
"""Characters of words that tell one article from the others."""

Articles = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def articles() -> Articles:
    """The articles of each law's newest text by their labels, by the law's full title."""
    read = [read_law(path.read_text(encoding="utf-8")) for path in sorted(LAWS.glob("*.md"))]
    return {law.title: {part.label: part.text for part in law.parts} for law in read}


def misplaced(entry: Entry, articles: Articles) -> dict[str, list[str]]:
    """Where the words of each cited article really stand, unless it is there and nowhere else."""
    texts = articles[entry.law]
    found = {
        cited: [label for label, text in texts.items() if len(words) >= SHORTEST and words in text]
        for cited, words in entry.articles.items()
    }
    return {cited: labels for cited, labels in found.items() if labels != [cited]}


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES.values() if entry.law], ids=lambda entry: entry.code)
def test_the_words_of_an_article_stand_in_it_and_in_no_other(entry: Entry, articles: Articles) -> None:
    assert entry.articles
    assert misplaced(entry, articles) == {}


def test_a_wrong_article_is_seen(articles: Articles) -> None:
    ban = ENTRIES["outfall"].articles["第六十四条"]
    wrong = replace(ENTRIES["outfall"], articles={"第二十二条": ban, "第六十四条": "排污口"})
    assert misplaced(wrong, articles) == {"第二十二条": ["第六十四条"], "第六十四条": []}


def test_only_a_law_has_articles_and_what_is_cited_is_one_thing() -> None:
    assert [entry.code for entry in ENTRIES.values() if entry.articles and not entry.law] == []
    assert [entry.code for entry in ENTRIES.values() if entry.law and entry.standard] == []
    assert ENTRIES["outfall"].basis == "《水污染防治法》第二十二条、第六十四条"


def test_codes_and_names_are_said_once_and_fit_their_places() -> None:
    assert len(ENTRIES) == sum(len(entries) for _group, entries in GROUPS)
    for language in ("zh-hans", "en"):
        with override(language):
            names = [name for entry in ENTRIES.values() for name in names_of(entry)]
            assert len(names) == len(set(names))
            assert max(len(str(entry.meaning)) for entry in ENTRIES.values()) <= 200


def test_words_that_only_hold_a_name_are_not_marked() -> None:
    with override("zh-hans"):
        found = [term.key for _start, _end, term in words().find("常务委员会办事机构对检察建议案件；审议案件；议案")]
    assert found == ["motion"]
