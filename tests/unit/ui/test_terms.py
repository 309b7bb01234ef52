"""Terms in a text: found once, escaped, at a cost that the text's length bounds."""

from types import SimpleNamespace

import pytest
from django.utils.safestring import mark_safe

from tests.worst_case import assert_linear
from ui.templatetags.terms import terms
from ui.text import terms as known
from ui.text.terms import LONGEST, Term, Vocabulary, pieces


def term(key: str) -> Term:
    return Term(key, f"“{key}”的意思", "《水法》第七条", f"/terms/{key}/")


WORDS = Vocabulary(
    {
        "排污": term("discharge"),
        "排污口": term("outfall"),
        "议案": term("motion"),
        "审议案件": None,
        "pH": term("ph"),
        "<b>": term("markup"),
    }
)


def found(text: str) -> list[str]:
    return [text[start:end] for start, end, _term in WORDS.find(text)]


@pytest.fixture(autouse=True)
def words_of_these_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_SOURCE", [lambda: WORDS])


def test_the_longest_name_at_each_place_is_found_and_nothing_within_it() -> None:
    assert found("排污口和排污，排排污") == ["排污口", "排污", "排污"]


def test_words_that_hold_a_name_and_mean_something_else_are_left_alone() -> None:
    assert found("审议案件，再提议案") == ["议案"]


def test_titles_of_laws_hold_no_terms_and_an_open_title_hides_no_more_than_itself() -> None:
    assert found("《排污口条例》管排污口") == ["排污口"]
    assert found("《排污口") == ["排污口"]


def test_latin_names_are_whole_words_in_either_case() -> None:
    assert found("PH 值、ph7、Graph、pH。") == ["PH", "pH"]


def test_letters_that_grow_when_made_small_move_nothing() -> None:
    assert found("İİ排污口") == ["排污口"]


def test_a_term_is_marked_where_it_stands_first_on_a_page() -> None:
    request = SimpleNamespace()
    first, again = terms("排污口、排污口", request), terms("又是排污口", request)
    assert first.count("<a ") == 1 and first.endswith("、排污口")
    assert again == "又是排污口"
    assert "<a " in terms("又是排污口", SimpleNamespace())


def test_text_meanings_and_addresses_are_escaped() -> None:
    hostile = Vocabulary({"排污": Term("x", '"><script>', "'\"", '/"onclick="')})
    known._SOURCE[:] = [lambda: hostile]
    marked = terms("<script>排污</script>", SimpleNamespace())
    assert "<script>" not in marked and '"onclick="' not in marked
    assert marked.startswith("&lt;script&gt;<a ") and marked.endswith("</a>&lt;/script&gt;")
    known._SOURCE[:] = [lambda: WORDS]
    assert ">&lt;b&gt;</a>" in terms("<b>", SimpleNamespace())


def test_markup_of_our_own_stays_as_it_is() -> None:
    given = mark_safe('<img alt="排污口">')
    assert terms(given, SimpleNamespace()) == given


def test_without_terms_or_a_request_a_text_is_only_escaped_and_marked_by_itself() -> None:
    assert "<a " in terms("排污口")
    known._SOURCE.clear()
    assert terms("排污口 & <b>", SimpleNamespace()) == "排污口 &amp; &lt;b&gt;"


@pytest.mark.parametrize("name", ["", "长" * (LONGEST + 1)])
def test_names_have_a_length(name: str) -> None:
    with pytest.raises(ValueError, match=name or "^$"):
        Vocabulary({name: term("x")})


def read_with_ten_thousand_terms(text: str) -> None:
    """Names that share their beginnings, so that many nearly fit at every place of a hostile text."""
    ends = map(chr, range(0x4E00, 0x4E00 + 5000))
    names: dict[str, Term | None] = {"a" * length + end: term("x") for end in ends for length in (3, 58)}
    list(pieces(text, Vocabulary(names), set()))


HOSTILE = ["a" * 10_000, "《" * 10_000, ("a" * 58 + "丁") * 200, "《" + "a" * 10_000, "排污口" * 4_000]


def test_ten_thousand_terms_in_a_hostile_text_cost_what_its_length_costs() -> None:
    assert_linear(f"{__name__}:read_with_ten_thousand_terms", HOSTILE, [text * 8 for text in HOSTILE])
