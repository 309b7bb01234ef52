"""Conditions in words: what is counted is said as a count, and what belongs together stands in brackets."""

import pytest

from questions.register.form import Question, when_in_words

BEFORE = [
    Question(name="home", kind="one", label="住哪里", choices=(("r", "农村"), ("c", "城里"))),
    Question(name="uses", kind="several", label="常做什么", choices=(("walk", "散步"), ("fish", "钓鱼"))),
    Question(name="say", kind="text", label="建议"),
    Question(name="age", kind="number", label="几岁"),
]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("${home} = 'r'", "“住哪里”是“农村”"),
        ("selected(${uses}, 'fish')", "“常做什么”选了“钓鱼”"),
        ("count-selected(${uses}) > 1", "“常做什么”选的项数大于 1"),
        ("string-length(${say}) <= 5", "“建议”的字数不大于 5"),
        ("${home} = 'r' and (${age} < 9 or ${age} > 60)", "“住哪里”是“农村”，并且（“几岁”小于 9，或者“几岁”大于 60）"),
        ("${home} = 'r' and ${age} > 1 or ${age} < 9", "（“住哪里”是“农村”，并且“几岁”大于 1），或者“几岁”小于 9"),
        ("not(selected(${uses}, 'walk'))", "不是（“常做什么”选了“散步”）"),
    ],
)
def test_a_condition_is_said_as_it_is_meant(when, said):
    asked = Question(name="next", kind="text", label="下一题", when=when)
    assert when_in_words(asked, BEFORE) == said
