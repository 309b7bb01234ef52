"""The text of a file that somebody sends: TXT and Markdown here, PDF and DOCX in a process of their own with limits."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from geokit.process_limits import ask_child
from geokit.refusal import BadInput, refuse

MOST_BYTES = 50 * 1024**2
MOST_TEXT_BYTES = 6 * 1024**2
WALL_SECONDS = 60
SUFFIXES = (".txt", ".md", ".pdf", ".docx")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class ReadFile:
    """What was read: the text, and whether the file is pictures of pages without text."""

    text: str
    is_scan: bool = False


def read_file(name: str, content: bytes) -> ReadFile:
    """Return the text of a file by its name's suffix. Raises BadInput with what to do."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        words = _("“%s”不是能读的格式。请用 PDF、DOCX、TXT 或 MD；旧的 DOC 请先另存为 DOCX。")
        raise refuse("file", "document-format", words % name)
    if len(content) > (MOST_BYTES if suffix in (".pdf", ".docx") else MOST_TEXT_BYTES):
        raise refuse("file", "document-too-large", _("文件太大：一份文件最多 50 MB，纯文本最多 6 MB。"))
    if suffix in (".pdf", ".docx"):
        return _read_apart(name, suffix[1:], content)
    for encoding in ENCODINGS:
        try:
            return ReadFile(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise refuse("file", "document-encoding", _("“%s”的文字编码读不出来。请另存为 UTF-8。") % name)


def _read_apart(name: str, suffix: str, content: bytes) -> ReadFile:
    try:
        answer = ask_child("library.reading.child", suffix, content=content, seconds=WALL_SECONDS)
    except TimeoutError:
        answer = {"refused": "too-long"}
    except ValueError:
        answer = {"refused": "broken"}
    if code := answer.get("refused"):
        raise _refusal(name, code)
    return ReadFile(str(answer["text"]), bool(answer["scan"]))


def _refusal(name: str, code: str) -> BadInput:
    words = {
        "encrypted": _("“%s”加了密码，读不出来。请去掉密码后再上传。"),
        "macros": _("“%s”带有宏，不收。请另存为不带宏的 DOCX 或 PDF。"),
        "too-long": _("“%s”太长或太复杂，读不完。请拆成几份。"),
    }
    sentence = words.get(code, _("“%s”打不开：文件已损坏。请重新导出后再上传。"))
    return refuse("file", f"document-{code}", sentence % name)
