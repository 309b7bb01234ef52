"""A law's text cut into its title, what stands before the first article, chapters and articles. Plain Python.

Reads what the national database of laws gives as text or Markdown: `# title`, lines of adoption and amendment,
`## 第一章 总则`, and paragraphs beginning with 第…条. A text without articles is cut at its headings and paragraphs.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from library.reading.numerals import number_of

ARTICLE = re.compile(
    r"^(第([一二三四五六七八九十百千零〇两\d]{1,8})条(?:之([一二三四五六七八九十]{1,3}))?)[\s　:：]*(.*)$"
)
HEADING = re.compile(r"^(?:#{1,6}\s*)?(第[一二三四五六七八九十百零〇\d]{1,8}[编章节]\s*.*|附\s*则|总\s*则)$")
DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
IN_FORCE = re.compile(
    r"本[^，。；\s]{1,8}自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*起\s*(?:施行|实施|执行|生效)"
)
BEGINS = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*(?:起)?\s*施行$", re.MULTILINE)
AT_ONCE = re.compile(r"自(?:公布|发布|颁布)之日起(?:施行|实施|执行|生效)")
MOST_ARTICLES = 3000
MOST_WARNINGS = 50
LAST = 3000
"""Characters at the end of a text, where it says from when it is in force."""
PART = 1500
"""Characters of one part of a text without articles."""


@dataclass
class Part:
    """One article, or one part of another text."""

    anchor: str
    label: str
    chapter: str
    text: str


@dataclass
class LawText:
    """What was read. `warnings` are code and label pairs."""

    title: str = ""
    preamble: str = ""
    parts: list[Part] = field(default_factory=list)
    adopted_on: date | None = None
    in_force_on: date | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list)


def read_law(text: str) -> LawText:
    """Read a text; whatever is odd in it is a warning, nothing is left out."""
    lines = [line.strip() for line in text.replace("\x00", "").replace("\r", "\n").split("\n")]
    lines = [line for line in lines if line and not line.startswith("<!--")]
    law = LawText()
    if lines and not ARTICLE.match(lines[0]):
        law.title = lines.pop(0).lstrip("#").strip()[:200]
    first = next((at for at, line in enumerate(lines) if ARTICLE.match(line)), None)
    if first is None:
        _read_plain(law, lines)
    else:
        head = first
        while head and HEADING.match(lines[head - 1]):
            head -= 1
        law.preamble = "\n".join(line.lstrip("#").strip() for line in lines[:head])
        _read_articles(law, lines[head:])
    _read_days(law, "\n".join(lines))
    return law


def _read_articles(law: LawText, lines: list[str]) -> None:
    chapter = ""
    numbers = _Numbers()
    texts: list[list[str]] = []
    for at, line in enumerate(lines):
        if found := ARTICLE.match(line):
            label, number, inserted, rest = found.groups()
            anchor = numbers.take(law, label, number_of(number), number_of(inserted or ""))
            law.parts.append(Part(anchor, label, chapter, ""))
            texts.append([rest])
        elif HEADING.match(line) or line.startswith("#") or _is_heading(line, lines[at + 1 : at + 2]):
            chapter = line.lstrip("#").strip()[:120]
        elif law.parts:
            texts[-1].append(line)
        else:
            law.preamble += f"\n{line}"
        if len(law.parts) >= MOST_ARTICLES:
            law.warnings.append(("too-many-articles", str(MOST_ARTICLES)))
            break
    for part, lines_of_it in zip(law.parts, texts, strict=True):
        part.text = "\n".join(lines_of_it)
    law.warnings = law.warnings[-MOST_WARNINGS:]


@dataclass
class _Numbers:
    """The numbers that were read so far: how often each anchor, and the last article."""

    times: Counter[str] = field(default_factory=Counter)
    last: int = 0

    def take(self, law: LawText, label: str, number: int, part: int) -> str:
        """Return the anchor of an article, and warn of a number that stands there twice or is left out."""
        anchor = f"a{number}" + (f"-{part}" if part else "")
        self.times[anchor] += 1
        if self.times[anchor] > 1:
            law.warnings.append(("article-twice", label))
            anchor = f"{anchor}.{self.times[anchor]}"
        elif self.last and not part and number != self.last + 1:
            law.warnings.append(("article-missing", label))
        self.last = self.last if part else number
        return anchor


def _is_heading(line: str, following: list[str]) -> bool:
    """Tell whether a short line without a stop, right before an article, is a heading."""
    return len(line) <= 20 and line[-1] not in "。；：，、;:." and bool(following and ARTICLE.match(following[0]))


def _read_plain(law: LawText, lines: list[str]) -> None:
    """Cut a text without articles at its headings, and where a part has grown long."""
    chapter, text = "", ""

    def close() -> None:
        nonlocal text
        if text:
            law.parts.append(Part(f"p{len(law.parts) + 1}", "", chapter, text))
            text = ""

    for line in lines:
        if line.startswith("#"):
            close()
            chapter = line.lstrip("#").strip()[:120]
        else:
            text = f"{text}\n{line}" if text else line
            if len(text) >= PART:
                close()
        if len(law.parts) >= MOST_ARTICLES:
            law.warnings.append(("too-many-articles", str(MOST_ARTICLES)))
            break
    close()


def _read_days(law: LawText, text: str) -> None:
    said = "\n".join(line for line in law.preamble.splitlines() if "施行" not in line)
    law.adopted_on = max((day for day in map(_day, DAY.findall(said)) if day), default=None)
    end = text[-LAST:]
    in_force = [day for day in map(_day, IN_FORCE.findall(end) or BEGINS.findall(law.preamble)) if day]
    law.in_force_on = in_force[-1] if in_force else law.adopted_on if AT_ONCE.search(end) else None
    if law.in_force_on and law.adopted_on and law.in_force_on < law.adopted_on:
        law.in_force_on = law.adopted_on  # amended since: this version is of the amendment
    if law.adopted_on is None and law.in_force_on is None:
        law.warnings.append(("no-date", ""))


def _day(parts: tuple[str, str, str]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
