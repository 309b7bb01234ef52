"""Subtitles as they are kept: WebVTT of nothing but times and words, read from WebVTT or SubRip."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, refuse
from ui.control_characters import IN_TEXT

MOST_BYTES = 200 * 1024
MOST_CUES, MOST_CUE, MOST_TEXT = 2_000, 500, 60_000
HEAD = "WEBVTT"
SUFFIXES = ".vtt,.srt"
_TIME = r"(?:(\d{1,2}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]|\Z)")
_TAG = re.compile(r"<[^<>]{0,200}>")
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_subtitles(content: bytes) -> str:
    """Return subtitles as WebVTT without styles, regions, notes and tags. Raises BadInput with what is wrong."""
    if len(content) > MOST_BYTES:
        raise _bad(_("字幕文件最大 %d KB。") % (MOST_BYTES // 1024))
    cues = list(_cues(_decoded(content).replace("\r\n", "\n").replace("\r", "\n")))
    if not cues:
        raise _bad(_("没有读到字幕，请用 WebVTT 或 SRT：一行时间，下面是字。"))
    if len(cues) > MOST_CUES:
        raise _bad(_("字幕最多 %d 条。") % MOST_CUES)
    made = "\n\n".join((HEAD, *cues)) + "\n"
    if len(made) > MOST_TEXT:
        raise _bad(_("字幕最多 %d 字。") % MOST_TEXT)
    return made


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if IN_TEXT.search(text):
            break
        return text
    raise _bad(_("字幕文件的文字编码读不出来，请另存为 UTF-8。"))


def _cues(text: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n", text):
        lines = [line.strip() for line in block.split("\n")]
        at = next((index for index, line in enumerate(lines[:3]) if _TIMES.match(line)), None)
        if at is None:
            continue
        begun, ended = _times(lines[at])
        if ended <= begun:
            raise _bad(_("“%s”结束的时间不在开始之后。") % lines[at][:60])
        words = "\n".join(filter(None, (_plain(line) for line in lines[at + 1 :])))
        if len(words) > MOST_CUE:
            raise _bad(_("一条字幕最多 %d 字。") % MOST_CUE)
        if words:
            yield f"{_written(begun)} --> {_written(ended)}\n{words}"


def _plain(line: str) -> str:
    """Words without tags; what is left of a tag, and an arrow that would be a time, is made harmless."""
    return _TAG.sub("", line).replace("&", "＆").replace("<", "＜").replace("-->", "→")


def _times(line: str) -> tuple[int, int]:
    """Begin and end of a cue in milliseconds."""
    found = _TIMES.match(line)
    assert found is not None  # noqa: S101 - asked by the caller
    parts = [int(part or 0) for part in found.groups()]
    begun, ended = parts[:4], parts[4:]
    return tuple(((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (begun, ended))  # type: ignore[return-value]


def _written(moment: int) -> str:
    """A moment as WebVTT writes it.

    >>> _written(3_723_004)
    '01:02:03.004'
    """
    seconds, milliseconds = divmod(moment, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"


def words_of_subtitles(text: str) -> str:
    """Return the words of subtitles that are kept, for the search."""
    return " ".join(line for line in text.split("\n")[1:] if line and not _TIMES.match(line))


def _bad(message: str) -> BadInput:
    return refuse("subtitles_file", "bad-subtitles", message)
