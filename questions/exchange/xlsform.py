"""The sheets `survey` and `choices` of an XLSForm, read as questions. What is not known is refused, row by row.

pyxform is not used: it makes XML for other programs, names no rows of its errors as data, and opens files its own way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError
from questions.register.form import Kind, Question, check_questions
from ui.downloads import unguarded
from ui.sheets import SheetLimits, read_workbook

LIMITS = SheetLimits(bytes=1024**2, inflated=20 * 1024**2, rows=2000, cells=200_000)
MOST_SHEETS = 6
PLAIN = {
    "integer": Kind.NUMBER, "int": Kind.NUMBER, "decimal": Kind.NUMBER, "text": Kind.TEXT, "string": Kind.TEXT,
    "geopoint": Kind.POINT, "geotrace": Kind.LINE, "image": Kind.PHOTO, "photo": Kind.PHOTO, "note": Kind.NOTE,
    "range": Kind.SCALE,
}  # fmt: skip
CHOOSING = {"select_one": Kind.ONE, "select_multiple": Kind.SEVERAL}
YES = ("yes", "true", "true()", "1", "是")
ABOUT_DEVICES = (
    "start", "end", "today", "deviceid", "phonenumber", "username", "email", "subscriberid", "simserial", "audit",
    "start-geopoint", "background-audio",
)  # fmt: skip
LANGUAGES = ("", "::chinese (zh)", "::中文 (zh)", "::中文", "::zh", "::chinese", "::zh-hans")

type Row = Mapping[str, str]


@dataclass
class _Reading:
    choices: dict[str, list[tuple[str, str]]]
    groups: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)

    def wrong(self, row: int, code: str, words: str, column: str = "") -> None:
        said = _("survey 第 %(row)d 行：%(words)s") % {"row": row, "words": words}
        self.errors.append(FieldError(column, code, said))


def read_xlsform(name: str, content: bytes) -> list[Question]:
    """Return the questions. Raises BadInput (``bad-xlsform``, with every fault and its row) or TooLarge."""
    sheets = {title.strip().lower(): cells for title, cells in read_workbook(
        name, content, LIMITS, most_sheets=MOST_SHEETS).items()}  # fmt: skip
    if "survey" not in sheets:
        raise BadInput(_("没有名为 survey 的表，不是 XLSForm。"), code="bad-xlsform")
    reading = _Reading(_choice_lists(_rows(sheets.get("choices", []))))
    for number, row in _rows(sheets["survey"]):
        _read(reading, number, row)
    if reading.groups:
        reading.wrong(0, "open-group", _("有 begin_group 没有 end_group。"))
    if not reading.questions and not reading.errors:
        raise BadInput(_("survey 里没有问题。"), code="bad-xlsform")
    if reading.errors:
        words = " ".join(error.message for error in reading.errors[:8])
        raise BadInput(words, code="bad-xlsform", errors=reading.errors)
    check_questions(reading.questions)
    return reading.questions


def _rows(cells: Sequence[Sequence[str]]) -> list[tuple[int, Row]]:
    """Return the filled rows by their heads, with their numbers in the file."""
    if not cells:
        return []
    heads = [head.strip().lower() for head in cells[0]]
    found: list[tuple[int, Row]] = []
    for number, row in enumerate(cells[1:], start=2):
        named = {head: unguarded(cell.strip()) for head, cell in zip(heads, row, strict=False) if head}
        if any(named.values()):
            found.append((number, named))
    return found


def _said(row: Row, column: str) -> str:
    """Return a cell that may have a language behind its head (``label::中文``), Chinese first."""
    others = (head for head in row if head.startswith(f"{column}::"))
    return next((row[head] for head in (*(column + end for end in LANGUAGES), *others) if row.get(head)), "")


def _choice_lists(rows: list[tuple[int, Row]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for _number, row in rows:
        name = row.get("list_name") or row.get("list name", "")
        found.setdefault(name, []).append((row.get("name") or row.get("value", ""), _said(row, "label")))
    return found


def _read(reading: _Reading, number: int, row: Row) -> None:
    kind = " ".join(row.get("type", "").split())
    word = kind.partition(" ")[0].lower()
    flat = kind.lower().replace(" ", "_")
    if flat in ("begin_group", "end_group"):
        _group(reading, number, row, begins=flat == "begin_group")
    elif word in ABOUT_DEVICES:
        reading.wrong(number, "about-devices", _("不收集答卷人的设备信息，请删去“%s”。") % word, "type")
    elif word in CHOOSING:
        _choosing(reading, number, row, word, kind.partition(" ")[2].strip())
    elif word in PLAIN and kind.lower() == word:
        _add(reading, number, row, Question(name="", kind=PLAIN[word], label="", whole=word in ("integer", "int")))
    else:
        reading.wrong(number, "unknown-type", _("还不支持题型“%s”。") % (kind or _("（空）"))[:40], "type")


def _group(reading: _Reading, number: int, row: Row, *, begins: bool) -> None:
    if not begins:
        if not reading.groups:
            reading.wrong(number, "no-group", _("end_group 前面没有 begin_group。"))
            return
        reading.groups.pop()
        return
    reading.groups.append(row.get("relevant", ""))
    if label := _said(row, "label"):
        heading = Question(name=row.get("name") or f"group{number}", kind=Kind.NOTE, label=label)
        reading.questions.append(replace(heading, when=_when(reading, ""), row=number))


def _choosing(reading: _Reading, number: int, row: Row, word: str, rest: str) -> None:
    listed = rest.removesuffix(" or_other").strip()
    if rest != listed:
        reading.wrong(number, "or-other", _("还不支持 or_other，请把“其他”写成一个选项，另加一道文字题。"), "type")
        return
    if listed not in reading.choices:
        reading.wrong(number, "unknown-list", _("choices 里没有名为“%s”的选项表。") % listed[:40], "type")
        return
    _add(reading, number, row, Question(name="", kind=CHOOSING[word], label="", choices=tuple(reading.choices[listed])))


def _add(reading: _Reading, number: int, row: Row, question: Question) -> None:
    if row.get("calculation") or row.get("choice_filter"):
        reading.wrong(number, "not-known", _("还不支持 calculation 和 choice_filter。"))
        return
    low, high = None, None
    if question.kind == Kind.SCALE:
        low, high = _range(reading, number, row.get("parameters", ""))
    reading.questions.append(
        replace(
            question,
            name=row.get("name", ""),
            label=_said(row, "label"),
            hint=_said(row, "hint"),
            low=low,
            high=high,
            required=row.get("required", "").lower() in YES,
            when=_when(reading, row.get("relevant", "")),
            must=row.get("constraint", ""),
            must_words=_said(row, "constraint_message"),
            row=number,
        )
    )


def _when(reading: _Reading, own: str) -> str:
    """The conditions of the groups around it, and its own."""
    asked = [text for text in (*reading.groups, own) if text]
    return asked[0] if len(asked) == 1 else " and ".join(f"({text})" for text in asked)


def _range(reading: _Reading, number: int, parameters: str) -> tuple[float | None, float | None]:
    said = dict(part.split("=", 1) for part in parameters.replace(";", " ").replace(",", " ").split() if "=" in part)
    try:
        if float(said.get("step", "1")) == 1:
            return float(int(said["start"])), float(int(said["end"]))
    except (KeyError, ValueError, OverflowError):
        pass
    reading.wrong(number, "bad-range", _("range 要写 start、end 两个整数，step 只能是 1。"), "parameters")
    return None, None
