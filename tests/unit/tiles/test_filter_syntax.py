"""Filters that do not parse: what the check refuses, and that what it passes on costs little, however it is nested."""

import pytest

from geokit.refusal import BadInput
from tests.worst_case import costs
from tiles.query.cql_syntax import MAX_NESTING, parse
from tiles.query.request import MAX_FILTER

PARSER = "tiles.query.cql_syntax:parse"
OPENERS = ["(", "a<(", "NOT (", "-(", "casei(", "a=(1,", "a IN (", "(a=1 AND ", "POLYGON((", "NOT (-(casei("]


def test_brackets_beyond_the_limit_are_refused_before_the_grammar():
    # 20 pairs keep the grammar busy for 15 s and more, 30 for days: the child's limit would end it.
    sizes = (10, 20, 40, 80, 160)
    texts = [opener * pairs + "class>=" + ")" * opener.count("(") * pairs for opener in OPENERS for pairs in sizes]
    costs(PARSER, texts)
    for text in texts:
        with pytest.raises(BadInput) as refused:
            parse(text)
        assert refused.value.code == "bad-filter"


@pytest.mark.parametrize(
    "text", ["((class>=5", "class>=5)", ")(", "a=')' AND (b=1", "((((((((((((((((((((class>=5", "NOT(" * 30]
)
def test_brackets_without_partner_are_refused(text):
    with pytest.raises(BadInput, match="括号"):
        parse(text)


@pytest.mark.parametrize("text", ["name='", "name='a''", '"name=1', "'\"", "a='('\" AND ((((((((((b"])
def test_a_quote_without_partner_is_refused(text):
    with pytest.raises(BadInput, match="引号"):
        parse(text)


def test_brackets_within_quotes_are_text():
    assert parse("name = '((((((((((((('") == {"op": "=", "args": [{"property": "name"}, "((((((((((((("]}


def test_closing_brackets_within_quotes_do_not_make_room_for_opening_ones():
    with pytest.raises(BadInput, match="复杂"):
        parse("name = '" + ")" * 30 + "' AND " + "(" * 30 + "a=1" + ")" * 30)


def test_an_area_of_several_parts_within_brackets_passes():
    square = "((121 29, 122 29, 122 30, 121 29))"
    assert parse(f"NOT (class = 6 AND (S_INTERSECTS(geom, MULTIPOLYGON({square}, {square}))))")["op"] == "not"


def _as_long_as_may_be(unit, opener):
    closed = ")" * opener.count("(")
    room = MAX_FILTER - len(opener) - len(closed)
    return opener + (unit * room)[:room].replace("'", "") + closed


def test_the_longest_filters_at_the_deepest_nesting_cost_little_though_they_do_not_parse():
    units = [
        "a=1 AND ",
        "a OR ",
        "a<",
        "a,",
        "a NOT IN ",
        "- ",
        "a BETWEEN ",
        "a LIKE ",
        "a IS NULL ",
        "1 2,",
        "NOT -",
        "a^a",
    ]
    deepest = [
        "(" * MAX_NESTING,
        "-(" * MAX_NESTING,
        "a IN (" * MAX_NESTING,
        "casei(" * MAX_NESTING,
        "NOT (" * MAX_NESTING,
    ]
    texts = [_as_long_as_may_be(unit, opener) for unit in units for opener in deepest]
    texts += [(unit * MAX_FILTER)[:MAX_FILTER] for unit in units]
    costs(PARSER, texts)
