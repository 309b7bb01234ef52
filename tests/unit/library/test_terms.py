"""The encyclopedia's entries, held against the texts of the laws that they cite."""

from pathlib import Path

import pytest
from django.utils.translation import override

from library.reading.law_text import read_law
from library.terms.entry import Entry
from library.terms.queries import ENTRIES, GROUPS, names_of, words

LAWS = Path(__file__).parents[3] / "fixtures" / "laws"


@pytest.fixture(scope="module")
def articles() -> dict[str, set[str]]:
    """The labels of the articles of each law's newest text, by the law's full title."""
    read = [read_law(path.read_text(encoding="utf-8")) for path in sorted(LAWS.glob("*.md"))]
    return {law.title: {part.label for part in law.parts} for law in read}


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES.values() if entry.law], ids=lambda entry: entry.code)
def test_an_entry_cites_an_article_that_its_law_has(entry: Entry, articles: dict[str, set[str]]) -> None:
    assert entry.article in articles[entry.law]


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
