"""A law's text cut into its title, what stands before the first article, chapters and articles. Plain Python.

Reads what the national database of laws gives as text or Markdown: `# title`, lines of adoption and amendment,
`## 第一章 总则`, and paragraphs beginning with 第…条. A text without articles is cut at its headings and paragraphs.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from library.reading.numerals import number_of

ARTICLE = re.compile(
    r"^(第([一二三四五六七八九十百千零〇两\d]{1,12})条(?:之([一二三四五六七八九十]{1,3}))?)[\s　:：]*(.*)$"
)
HEADING = re.compile(r"^(?:#{1,6}\s*)?(第[一二三四五六七八九十百零〇\d]{1,8}[编章节]\s*.*|附\s*则|总\s*则)$")
DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
IN_FORCE = re.compile(r"自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*起\s*(?:施行|实施|执行|生效)")
AT_ONCE = re.compile(r"自(?:公布|发布|颁布)之日起(?:施行|实施|执行|生效)")
MOST_ARTICLES = 3000
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
    numbers: list[int] = []
    for at, line in enumerate(lines):
        if found := ARTICLE.match(line):
            label, number, part, rest = found.groups()
            _begin(law, numbers, label, number_of(number), number_of(part or ""), chapter, rest)
        elif HEADING.match(line) or line.startswith("#") or _is_heading(line, lines[at + 1 : at + 2]):
            chapter = line.lstrip("#").strip()[:120]
        elif law.parts:
            law.parts[-1].text += f"\n{line}"
        else:
            law.preamble += f"\n{line}"
        if len(law.parts) >= MOST_ARTICLES:
            law.warnings.append(("too-many-articles", str(MOST_ARTICLES)))
            break


def _begin(law: LawText, numbers: list[int], label: str, number: int, part: int, chapter: str, rest: str) -> None:
    anchor = f"a{number}" + (f"-{part}" if part else "")
    taken = {each.anchor for each in law.parts}
    if anchor in taken:
        law.warnings.append(("article-twice", label))
        anchor = next(f"{anchor}.{again}" for again in range(2, MOST_ARTICLES + 2) if f"{anchor}.{again}" not in taken)
    elif numbers and not part and number != numbers[-1] + 1:
        law.warnings.append(("article-missing", label))
    if not part:
        numbers.append(number)
    law.parts.append(Part(anchor, label, chapter, rest))


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
    law.adopted_on = max((day for day in map(_day, DAY.findall(law.preamble)) if day), default=None)
    in_force = [day for day in map(_day, IN_FORCE.findall(text[-3000:])) if day]
    law.in_force_on = in_force[-1] if in_force else law.adopted_on if AT_ONCE.search(text[-3000:]) else None
    if law.in_force_on and law.adopted_on and law.in_force_on < law.adopted_on:
        law.in_force_on = law.adopted_on  # amended since: this version is of the amendment
    if law.adopted_on is None and law.in_force_on is None:
        law.warnings.append(("no-date", ""))


def _day(parts: tuple[str, str, str]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
