"""A folder of files into the library: each a document, or another version of the one with its title.

A sheet beside them (`library.csv` or `library.xlsx`) may say of a file what its text does not. A file that cannot be
read is named with the reason; the others are loaded all the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, Refusal
from geokit.sources.file_names import readable
from library.documents.models import Document, Version
from library.documents.services import Original, add_document, add_version, digest_of
from library.places.services import find_places
from library.reading.files import SUFFIXES, read_file
from library.reading.law_text import read_law
from search.gazetteer import Gazetteer
from ui.sheets import SheetRow, read_sheet

SHEETS = ("library.csv", "library.xlsx")
HEADS = {
    "文件": "file", "file": "file", "题名": "title", "title": "title", "类别": "kind", "kind": "kind",
    "可见范围": "visibility", "visibility": "visibility", "发布机关": "organ", "organ": "organ",
    "文号": "number", "number": "number", "主题": "subjects", "主题词": "subjects", "subjects": "subjects",
    "来源": "source", "source": "source", "许可": "licence", "licence": "licence", "通过日期": "adopted_on",
    "adopted_on": "adopted_on", "施行日期": "in_force_on", "in_force_on": "in_force_on",
}  # fmt: skip
FACTS = ("organ", "number", "subjects", "source", "licence")
KIND_OF_WORD = (
    ("报告", Document.Kind.REPORT), ("纪要", Document.Kind.MINUTES), ("答复", Document.Kind.REPLY),
    ("决定", Document.Kind.DECISION), ("决议", Document.Kind.DECISION), ("法", Document.Kind.LAW),
)  # fmt: skip
PLACES_OF_LAW = ("省", "市", "自治州", "自治区", "自治县")


@dataclass
class Loaded:
    """What became of a folder: numbers, and each file that was not loaded with the reason."""

    documents: int = 0
    versions: int = 0
    already: int = 0
    places: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)


def load_folder(actor: Asker, folder: Path, visibility: str = Document.Visibility.INTERNAL) -> Loaded:
    """Load every file of a folder and of those below it, the oldest text of a title first. Raises BadInput."""
    if not folder.is_dir():
        raise BadInput(_("没有这个文件夹：%s") % folder, code="folder-missing")
    sheet = _sheet(folder)
    loaded, gazetteer = Loaded(), Gazetteer()
    for path in _files(folder):
        name = PurePosixPath(readable(path.relative_to(folder).as_posix()))
        try:
            version = _load(actor, path, name, sheet.get(str(name)) or sheet.get(name.name), visibility, loaded)
            loaded.places += find_places(version.document, gazetteer)
        except Refusal as refusal:
            if refusal.code == "document-twice":
                loaded.already += 1
            else:
                loaded.refused.append({"file": str(name), "code": refusal.code, "reason": refusal.message})
    return loaded


def _files(folder: Path) -> Iterator[Path]:
    """Give the files to load; names that begin with `_` or `.`, and links, are left out."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.name[0] not in "_." and path.is_file() and not path.is_symlink():
            yield path


def _sheet(folder: Path) -> Mapping[str, SheetRow]:
    path = next((folder / name for name in SHEETS if (folder / name).is_file()), None)
    if path is None:
        return {}
    rows = read_sheet(path.name, path.read_bytes(), HEADS, ["file"])
    return {row["file"]: row for row in rows}


def _load(
    actor: Asker, path: Path, name: PurePosixPath, row: SheetRow | None, visibility: str, loaded: Loaded
) -> Version:
    """Load a file of the disk; `name` is how people call it."""
    content = path.read_bytes()
    read = read_file(name.name, content)
    said = row.cells if row else {}
    days = _day(said.get("adopted_on", "")), _day(said.get("in_force_on", ""))
    original = None if path.suffix.lower() in (".md", ".txt") else Original(name.name, content)
    title = said.get("title") or (read_law(read.text).title if not original else "") or name.stem
    checked = _checked(title, said.get("kind") or kind_of(title), said.get("visibility") or visibility)
    same = Document.objects.filter(title=title[:200]).first()
    if same is not None:
        if not same.versions.filter(sha256=digest_of(read, original)).exists():
            _refuse_to_publish(same, checked["visibility"])
        version = add_version(actor, same, read, days, original)
    else:
        facts = {name: said[name] for name in FACTS if said.get(name)}
        version = add_document(actor, facts | checked, read, days, original)
        loaded.documents += 1
    loaded.versions += 1
    return version


def _refuse_to_publish(same: Document, visibility: str) -> None:
    """Raise BadInput where a text that is not public would become a version of a document that is."""
    if same.visibility == Document.Visibility.PUBLIC and visibility == Document.Visibility.INTERNAL:
        words = _("“%s”已经公开，内部的文件不能作为它的版本。要公开请写明，不公开请换题名。")
        raise BadInput(words % same.title, code="document-public")


def _checked(title: str, kind: str, visibility: str) -> dict[str, str]:
    """Return title, kind and visibility by value or label. Raises BadInput for words that are none."""
    for name, given, choices in (("kind", kind, Document.Kind), ("visibility", visibility, Document.Visibility)):
        if given not in choices.values and given not in choices.labels:
            words = _("“%(given)s”不是能用的%(name)s。") % {"given": given, "name": name}
            raise BadInput(words, code=f"{name}-unknown")
    by_label = {str(label): value for value, label in (*Document.Kind.choices, *Document.Visibility.choices)}
    return {"title": title, "kind": by_label.get(kind, kind), "visibility": by_label.get(visibility, visibility)}


def kind_of(title: str) -> str:
    """Guess the kind from a title: a place's 条例 is local, the nation's 法 and 条例 are not."""
    is_local = any(place in title[:8] for place in PLACES_OF_LAW)
    for word, kind in KIND_OF_WORD:
        if word in title[-4:] and not (is_local and kind == Document.Kind.LAW):
            return kind
    if title.endswith(("条例", "办法", "规定", "规则")):
        return Document.Kind.LOCAL_LAW if is_local else Document.Kind.LAW
    return Document.Kind.STUDY


def _day(text: str) -> date | None:
    """Read a day of the sheet; empty is none. Raises BadInput."""
    if not text:
        return None
    try:
        day = parse_date(text.replace("/", "-"))
    except ValueError:
        day = None
    if day is None:
        raise BadInput(_("“%s”不是日期，应写成 2026-11-29。") % text, code="day-unreadable")
    return day
