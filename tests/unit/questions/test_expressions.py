"""The language of conditions: what it knows holds, what it does not know is refused in words, nothing is executed."""

import pytest

from geokit.refusal import BadInput
from questions.logic.expressions import is_true, parse

ANSWERS = {"home": "rural", "wells": 3.0, "uses": ["wash", "drink"], "text": "井水发黄"}


@pytest.mark.parametrize(
    ("text", "own", "holds"),
    [
        ("${home} = 'rural'", None, True),
        ("${home} != 'rural'", None, False),
        ("${wells} >= 3 and ${wells} < 4", None, True),
        ("selected(${uses}, 'drink') and not(selected(${uses}, 'fish'))", None, True),
        ("count-selected(${uses}) = 2 or ${home} = 'x'", None, True),
        ("string-length(.) <= 4", "井水发黄", True),
        (". >= -5 and . <= 10.5", 11.0, False),
        ("(${home} = 'a' or ${home} = 'rural') and ${wells} = 3", None, True),
        ("${gone} > 2", None, False),
        ("${gone} = ''", None, True),
        ("${uses} = 'wash drink'", None, True),
        ("${wells} = 'three'", None, False),
    ],
)
def test_what_is_known_holds_or_not(text, own, holds):
    assert is_true(parse(text), ANSWERS, own) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("__import__('os').system('true')", "读不懂"),
        ("pulldata('a', 'b')", "还不支持"),
        ("${home} = ", "不完整"),
        ("${home} = 'a' 'b'", "读不懂"),
        ("selected(${home})", "2 个参数"),
        ("(${home} = 'a'", "缺少“)”"),
        ("${a b} = 1", "读不懂"),
        ("1 + 1", "读不懂"),
        ("", "不完整"),
        ("(" * 40 + "1", "括号太多"),
        ("1 or " * 200 + "1", "太长"),
        ("not(" * 60 + "1", "括号太多"),
        ("- - - 1", "不完整"),
    ],
)
def test_what_is_not_known_is_refused_in_words(text, said):
    with pytest.raises(BadInput, match=said.replace("(", r"\(").replace(")", r"\)")):
        parse(text)
