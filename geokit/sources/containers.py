"""What holds several files - a zip, another archive, a folder - as groups of files that belong together."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from geokit.formats import table as formats
from geokit.formats.table import MIF_PARTS, NOT_READ, PACKED, RASTERS, SHAPE_PARTS, SINGLE_FILES, TAB_PARTS, WORLD_FILES
from geokit.refusal import BadInput, TooLarge
from geokit.sources import unpack
from geokit.sources import unzip as zips
from geokit.sources.file_names import readable
from geokit.sources.unzip import Limits, Member, is_noise
from geokit.wording import gettext as _

Groups = dict[str, dict[str, Path]]
"""Files by what people call them, and then by suffix; a file geodatabase is a folder under `.gdb`."""
GEODATABASE = ".gdb"
GEODATABASE_FILE = re.compile(r"(a[0-9a-f]{8}\.\w{1,20}|gdb|timestamps)", re.IGNORECASE)
FIRST_TABLE = "a00000001.gdbtable"
KML_ONLY = (".kmz", ".ovkmz")
KNOWN = {
    *SHAPE_PARTS,
    *TAB_PARTS,
    *MIF_PARTS,
    *SINGLE_FILES,
    *RASTERS,
    *WORLD_FILES,
    *NOT_READ,
    *formats.ARCHIVES,
    ".xsd",
}
_NEVER_UNPACKED = {*NOT_READ, *formats.ARCHIVES}
"""Named in a refusal, not opened: an archive within an archive could go on without end."""
DEPTH = 20

Extract = Callable[[Iterable[tuple[Member, Path]]], None]


def unpacked(path: Path, workdir: Path, limits: Limits) -> Groups:
    """The files of a zip, KMZ, 7z, RAR or tar, unpacked into `workdir` under names of ours."""
    suffix = path.suffix.lower()
    known = {".kml", ".ovkml"} if suffix in KML_ONLY else KNOWN
    if suffix in PACKED:
        members = unpack.list_members(path, limits)
        return _placed(members, known, workdir, lambda wanted: unpack.extract(path, wanted, limits))
    with zips.open_zip(path) as archive:
        members = zips.list_members(archive, limits)
        return _placed(members, known, workdir, lambda wanted: zips.extract(archive, iter(wanted), limits))


def _placed(members: list[Member], known: set[str], workdir: Path, extract: Extract) -> Groups:
    plan: dict[str, dict[str, tuple[Member, Path]]] = defaultdict(dict)
    folders: dict[tuple[str, str], str] = {}
    repeated = _repeated(member.name for member in members if member.suffix in known)
    bases = {member.name.parent for member in members if member.name.name.lower() == FIRST_TABLE}
    geodatabases: Groups = {}
    wanted: list[tuple[Member, Path]] = []
    for member in members:
        folder = member.name.parent
        if folder in bases and GEODATABASE_FILE.fullmatch(member.name.name):
            name = folder.stem or "gdb"
            target = workdir / f"b{sorted(bases).index(folder)}" / "data.gdb"
            geodatabases.setdefault(name if len(bases) == 1 else str(folder), {GEODATABASE: target})
            wanted.append((member, target / member.name.name.lower()))
        elif member.suffix in known:
            key = (str(member.name.parent), member.name.stem.lower())
            group = folders.setdefault(key, _group_name(member.name, repeated))
            if member.suffix in plan[group]:
                message = _("压缩包里“%s”出现了两次（仅大小写不同）。请只留一份。") % member.name
                raise BadInput(message, code="zip-duplicate-part")
            target = workdir / f"g{list(folders).index(key)}" / f"data{member.suffix}"
            plan[group][member.suffix] = (member, target)
    parts = [item for group in plan.values() for item in group.values() if item[0].suffix not in _NEVER_UNPACKED]
    extract([*parts, *wanted])
    files = {group: {suffix: target for suffix, (_, target) in found.items()} for group, found in plan.items()}
    return files | geodatabases


def _repeated(names: Iterable[PurePosixPath]) -> set[str]:
    """The names of files, without suffix and in lower case, that several folders have."""
    folders: dict[str, set[PurePosixPath]] = defaultdict(set)
    for name in names:
        folders[name.stem.lower()].add(name.parent)
    return {stem for stem, found in folders.items() if len(found) > 1}


def _group_name(name: PurePosixPath, repeated: set[str]) -> str:
    """The file's own name; with its folder before it where several folders have one of that name."""
    return str(name.with_suffix("")) if name.stem.lower() in repeated else name.stem


def in_folder(path: Path, limits: Limits) -> Groups:
    """The files below a folder where they lie. Raises BadInput `zip-link` for links, TooLarge for too many files."""
    if path.suffix.lower() == GEODATABASE:
        return {readable(path.stem): {GEODATABASE: path}}
    found: Groups = defaultdict(dict)
    names: dict[tuple[str, str], str] = {}
    below = _files_below(path, limits)
    files = {PurePosixPath(readable(file.relative_to(path).as_posix())): file for file in below}
    repeated = _repeated(name for name in files if name.suffix.lower() in (*KNOWN, GEODATABASE))
    for name, file in files.items():
        if file.suffix.lower() == GEODATABASE and file.is_dir():
            found[_group_name(name, repeated)][GEODATABASE] = file
        elif file.suffix.lower() in KNOWN and not is_noise(Member(name), is_folder=False):
            group = names.setdefault((str(name.parent), name.stem.lower()), _group_name(name, repeated))
            found[group][file.suffix.lower()] = file
    return dict(found)


def _files_below(path: Path, limits: Limits) -> list[Path]:
    found: list[Path] = []
    for top, folders, files in os.walk(path, followlinks=False):
        here = Path(top)
        if len(here.relative_to(path).parts) > DEPTH:
            folders.clear()
        bases = [name for name in folders if Path(name).suffix.lower() == GEODATABASE]
        found += [here / name for name in sorted((*files, *bases))]
        folders[:] = sorted(name for name in folders if name not in bases)
        if len(found) > limits.entries:
            message = _("文件夹里有超过 %d 个文件。请只给出要导入的数据。")
            raise TooLarge(message % limits.entries, code="zip-too-many")
        if links := [name for name in (*folders, *files, *bases) if (here / name).is_symlink()]:
            message = _("文件夹里的“%s”是链接而不是文件，已拒绝。请换成文件本身。") % readable(links[0])[:80]
            raise BadInput(message, code="zip-link")
    return found
