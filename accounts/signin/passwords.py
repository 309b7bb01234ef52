"""Which passwords are refused because somebody would guess them: without any network, from what is shipped here.

Django's list of the 20,000 commonest passwords stands before this (`CommonPasswordValidator`). Here zxcvbn judges the
rest: its 30,000 leaked passwords, keyboard walks, dates, repetitions and letters for digits, and beside them the words
that people use here (`words.txt`, made by hand from common pinyin; the names of the district and of the person).
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin
from zxcvbn import matching, zxcvbn

from accounts.directory.models import Area
from accounts.signin.backends import DEMO_PREFIX
from ui.text.width import half_width

LEAST_SCORE = 3
"""zxcvbn's "safely unguessable": more than a hundred million guesses."""
LONGEST = 40
"""Characters that are judged; more only make a password better, and judging takes time in their square."""
MOST_READINGS = 64
"""Ways in which digits and signs of one password are read as letters; of many signs there are seven hundred, each of
which is looked up letter by letter: such a password took ten seconds."""
WORDS = Path(__file__).with_name("words.txt")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_IDENTITY = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dxX]")


_every_reading = matching.enumerate_l33t_subs
matching.enumerate_l33t_subs = lambda table: _every_reading(table)[:MOST_READINGS]


class GuessablePasswordValidator:
    """Refuse what is made of common words, names of this place or this person, walks, dates, phone or ID numbers."""

    def validate(self, password: str, user: Any = None) -> None:
        if password.startswith(DEMO_PREFIX):
            raise ValidationError(_("以 demo- 开头的密码只在演示里有效，请换一个。"), code="password_demo")
        plain = _plain(password)
        rest = _IDENTITY.sub("", _MOBILE.sub("", plain))
        if not rest or any(_score(text, user) < LEAST_SCORE for text in {plain, rest}):
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        return _("别用常见的词、拼音加数字、键盘顺序、生日、手机号和地名。几个互不相干的词连起来，又长又好记。")


def _plain(password: str) -> str:
    """The beginning as a guesser types it: what an input method made wide as narrow letters, no blanks around it,
    nothing that is not seen."""
    seen = (letter for letter in password[:LONGEST] if unicodedata.category(letter) not in ("Cf", "Cc"))
    return half_width("".join(seen)).strip()[:LONGEST]


def _score(text: str, user: Any) -> int:
    return int(zxcvbn(text, user_inputs=_words_about(user))["score"])


def _words_about(user: Any) -> list[str]:
    """What a guesser of this person's password tries first."""
    own = [getattr(user, name, "") for name in ("username", "display_name", "email")]
    own += [_pinyin(word) for word in own if word]
    own += [part for word in own for part in re.split(r"[\W_]+", word or "")]
    return [word.lower() for word in (*own, *_names_of_the_district(), *_common_words()) if word]


def _names_of_the_district() -> list[str]:
    names = Area.objects.exclude(level=Area.Level.VILLAGE).values_list("name", flat=True)
    plain = [re.sub(r"[省市区县镇乡]$|街道$", "", name) for name in names]
    return [settings.DISTRICT_CODE, *map(_pinyin, names), *map(_pinyin, plain)]


def _pinyin(words: str) -> str:
    return "".join(lazy_pinyin(words))


@cache
def _common_words() -> tuple[str, ...]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())
