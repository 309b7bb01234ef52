"""JSON from outside: what is read, what is refused, and that deep nesting costs one look."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import JSONField

from tests.worst_case import assert_linear, costs
from ui.json_bodies import MAX_NESTING, StrictDecoder, loads


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2.5, "x]["]}',
        '{"a": "\\ud83d\\ude00"}',
        b'{"a": "\xe5\xa1\x98"}',
        "[" * MAX_NESTING + "]" * MAX_NESTING,
    ],
)
def test_what_json_says_is_read(text):
    assert loads(text)


@pytest.mark.parametrize(
    "text",
    ["NaN", '{"a": Infinity}', "[-Infinity]", "1e400", "[" * (MAX_NESTING + 1) + "]" * (MAX_NESTING + 1), "[" * 10**6,
     '{"a":' * 10**5, "9" * 5000, '{"lng": %s}' % ("9" * 400), b"\xff\xfe", "", '"\\u0000"', '{"\\u0000": 1}',
     '{"a": "\\ud800"}', '["\\ude00\\ud83d"]'],
)  # fmt: skip
def test_what_is_no_json_or_no_number_is_refused(text):
    with pytest.raises(ValueError):
        loads(text)


def test_a_field_of_json_refuses_it_as_a_form_does():
    field = JSONField(decoder=StrictDecoder)
    assert field.clean('{"a": [1]}') == {"a": [1]}
    for text in ("[" * 100_000, "1" * 5000, "1e999", "NaN", '"\\ud800"', "{"):
        with pytest.raises(ValidationError):
            field.clean(text)
        assert field.bound_data(text, None) == text


def test_nesting_and_quotes_without_end_cost_one_look():
    makers = ["[", '{"a":', '"', '\\"', '["', '"\\']
    assert_linear("ui.json_bodies:loads", [text * 20_000 for text in makers], [text * 160_000 for text in makers])
    costs("ui.json_bodies:loads", ["[" * 10**7])
