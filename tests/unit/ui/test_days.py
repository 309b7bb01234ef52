"""A day in a notice is read in the reader's language, whenever the sentence was made."""

from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import override

from ui.text.days import day_in_words


def test_a_day_is_said_in_the_language_that_is_read_in():
    said = format_lazy("{day}", day=day_in_words(date(2026, 3, 5)))
    with override("zh-hans"):
        assert str(said) == "2026年3月5日"
    with override("en"):
        assert "2026" in str(said) and "Mar" in str(said)
