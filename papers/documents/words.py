"""What an answer says, as its template and its check code know it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which are read wrongly from paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWords:
    """Everything that stands in an answer. `paragraphs` of the text are lines."""

    title: str
    paper_number: str
    session: str
    organ: str
    number: str
    """The organ's own number of the document (文号)."""
    recipient: str
    text: str
    result: str
    """A to D."""
    signer: str
    signed_on: date
    contact: str
    phone: str
    copies: str

    @property
    def check_code(self) -> str:
        """Eight characters that follow from what is signed: on paper they tell which text the paper bears.

        >>> from datetime import date
        >>> words = dict(title="a", paper_number="1", session="", organ="b", number="1", recipient="c", text="d",
        ...     result="A", signer="e", signed_on=date(2026, 1, 1), contact="", phone="", copies="")
        >>> AnswerWords(**words).check_code == AnswerWords(**words).check_code
        True
        >>> AnswerWords(**words).check_code == AnswerWords(**{**words, "text": "D"}).check_code
        False
        """
        plain = {name: str(getattr(self, name)) for name in self.__slots__}
        digest = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).digest()
        letters = "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest[:8])
        return f"{letters[:4]}-{letters[4:]}"

    def as_context(self) -> dict[str, str]:
        """Return what a template may name, under the words that stand in it."""
        day = self.signed_on
        return {
            "标题": self.title,
            "建议编号": self.paper_number,
            "会议": self.session,
            "单位": self.organ,
            "文号": self.number,
            "主送": self.recipient,
            "正文": "\a".join(line.strip() for line in self.text.splitlines() if line.strip()),
            "办理结果": self.result,
            "签发人": self.signer,
            "日期": f"{day.year}年{day.month}月{day.day}日",
            "联系人": self.contact,
            "联系电话": self.phone,
            "抄送": self.copies,
            "校验码": self.check_code,
        }


NAMES = (
    "标题", "建议编号", "会议", "单位", "文号", "主送", "正文", "办理结果", "签发人", "日期",
    "联系人", "联系电话", "抄送", "校验码",
)  # fmt: skip
"""What a template may name."""
NEEDED = ("标题", "文号", "主送", "正文", "办理结果", "签发人", "日期", "校验码")
"""What a template must name, or its answers would not be whole."""


def bare_code(code: str) -> str:
    """Return a check code as it is compared: no blanks, no dashes, capital letters.

    >>> bare_code(" k7q2 - m9xd")
    'K7Q2M9XD'
    """
    return "".join(letter for letter in code.upper() if letter.isalnum())
