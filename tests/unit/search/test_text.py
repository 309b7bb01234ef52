"""The examples in the docstrings of the search's texts, and vectors that PostgreSQL would refuse."""

import doctest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.text import normal, query, snippets, vector


@pytest.mark.parametrize("module", [normal, query, snippets, vector])
def test_doctests_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


@example("䷀乾")
@given(st.text(max_size=200))
def test_no_text_gets_a_sign_into_a_vector_or_a_query(text):
    for token, _place in vector.tokens(text):
        assert "'" not in token and "\\" not in token and token.isalnum() and len(token) <= 40
    for word in query.parse(text).words:
        assert any(letter.isalnum() for letter in word)


@given(st.text(max_size=200), st.text(max_size=20))
def test_pieces_are_the_text_whatever_is_marked(text, typed):
    pieces = snippets.marked(text, query.parse(typed))
    assert "".join(piece for piece, _hit in pieces) == text


def test_places_stay_within_what_postgresql_counts():
    made = vector.vector(["河塘" * 40_000], vector.spellings("西" * 500))
    assert max(int(at) for item in made.split() if ":" in item for at in item.partition(":")[2].split(",")) <= 16_383
