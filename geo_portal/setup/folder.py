"""A district from a folder: its record, its rules, then every dataset that has a file, in the order of dependence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.levels import districts, held
from accounts.district import District
from accounts.district.services import save_district
from accounts.loads import Dataset
from accounts.loads.beside import beside as keeping_to
from accounts.loads.registry import declared
from accounts.loads.services import Answer, load_rows
from accounts.models import Area, User
from accounts.people.command_accounts import command_account
from accounts.permissions import Asker
from accounts.rules.queries import book
from accounts.rules.services import begin
from geo_portal.setup.reading import GIS, SHEETS, Reading, is_readable, read_file
from geo_portal.setup.record_file import DistrictFile
from geokit.refusal import BadInput, Refusal

SERVICE_ACCOUNT = "api-setup"
REASON = "启用平台时的规则"


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What became of one file: an answer of its dataset, or a refusal of the whole file."""

    name: str
    dataset: Dataset
    answer: Answer | None = None
    refusal: Refusal | None = None

    @property
    def is_clean(self) -> bool:
        return self.answer is not None and not self.answer.counts["refused"]


@dataclass(slots=True)
class FolderAnswer:
    """What became of a folder, or would. `unused` are files that no dataset reads."""

    code: str
    changed: list[str] = field(default_factory=list)
    files: list[FileAnswer] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    rules_left: list[str] = field(default_factory=list)
    """Rules of a district beside another: all districts have the city's."""

    @property
    def is_clean(self) -> bool:
        return all(file.is_clean for file in self.files)


def setup_account() -> User:
    """Return the account in whose name a command sets a district up."""
    return command_account(SERVICE_ACCOUNT, "new_district")


def load_folder(
    given: DistrictFile, folder: Path, *, check: bool = False, actor: Asker = None, beside: bool = False
) -> FolderAnswer:
    """Set a district up, or with `check` see what would happen; one transaction, or nothing of it.

    Rows that are refused are left out and reported, the others are kept. With `beside` the database may hold other
    districts, and this one comes under the same city; its rules are left out, for the city's hold. Raises BadInput for
    what concerns the whole: the record, the rules, another district in this database, no city above them, a folder
    that is none.
    """
    files = list(_files_of(folder))
    answer = FolderAnswer(given.code)
    with transaction.atomic():
        user = actor or setup_account()
        if not beside:
            _require_this_district(given)
        answer.changed = save_district(user, given.code, **given.record)[1]
        with keeping_to(given.code if beside else ""):
            for dataset in declared().values():
                for path in (path for path, found in files if found is dataset):
                    answer.files.append(_load(user, dataset, path, given.files.get(path.name, Reading())))
        if beside:
            _require_one_city(given)
            answer.rules_left = sorted(given.rules)
        else:
            answer.rules = _begin_rules(given, user)
        if check:
            transaction.set_rollback(True)
    cache.clear()  # with `check` too: what was seen inside the transaction was never true
    answer.unused = _unused(folder, {path for path, _dataset in files})
    return answer


def _load(user: Asker, dataset: Dataset, path: Path, how: Reading) -> FileAnswer:
    try:
        return FileAnswer(path.name, dataset, load_rows(user, dataset, read_file(dataset, path.name, path, how)))
    except Refusal as refusal:
        return FileAnswer(path.name, dataset, refusal=refusal)


def _require_this_district(given: DistrictFile) -> None:
    other = District.objects.exclude(code=given.code).first()
    if other is not None:
        words = _("这个数据库是“%(name)s”（%(code)s）的。要在同一个市下再建一个区县，请加 --beside。")
        raise BadInput(words % {"name": other.name, "code": other.code}, code="other-district")


def _require_one_city(given: DistrictFile) -> None:
    """Refuse a second district that has no area, or does not lie in the city of those that are there."""
    own = Area.objects.filter(code=given.code, level=Area.Level.DISTRICT).first()
    if own is None:
        raise BadInput(_("区划表里没有代码为 %s 的区县。") % given.code, code="no-district")
    above = set(held().order_by().values_list("parent", flat=True))  # the city, or a province without cities
    if districts().several and (len(above) > 1 or None in above):
        raise BadInput(_("“%s”和已有的区县不在同一个市下，请先写明各自的上级。") % own.name, code="no-city")


def _begin_rules(given: DistrictFile, user: Asker) -> list[str]:
    """Write the rules that are not in force yet; those that were changed on the page since stay."""
    current = book()
    wanted = {key: value for key, value in given.rules.items() if current.current(key) is None}
    if not wanted:
        return []
    begin(wanted, since=given.since or timezone.localdate(), reason=REASON, actor=user)
    return sorted(wanted)


def _files_of(folder: Path) -> Iterator[tuple[Path, Dataset]]:
    """The readable files of a folder with their datasets, sheets before layers, by name."""
    if not folder.is_dir():
        raise BadInput(_("“%s”不是文件夹。") % folder, code="no-folder")
    ranked = sorted(folder.iterdir(), key=lambda path: (path.suffix.lower() in GIS, path.name))
    for path in ranked:
        dataset = dataset_of(path.name) if path.is_file() and is_readable(path.name) else None
        if dataset is not None:
            yield path, dataset


def dataset_of(name: str) -> Dataset | None:
    """Return the dataset that a file's name begins with: ``points-2.geojson``, ``监测点位 2025.xlsx``."""
    stem = Path(name).stem
    for dataset in declared().values():
        for word in (dataset.slug, str(dataset.title)):
            if re.fullmatch(rf"{re.escape(word)}([-_ （(].*)?", stem, re.IGNORECASE):
                return dataset
    return None


def _unused(folder: Path, used: set[Path]) -> list[str]:
    parts = {path.stem for path in used if path.suffix.lower() == ".shp"}
    left = (path for path in folder.iterdir() if path.is_file() and path not in used and path.stem not in parts)
    return sorted(path.name for path in left if path.suffix.lower() in (*SHEETS, *GIS))


def as_json(answer: FolderAnswer, status: str) -> dict[str, Any]:
    """Return what the command prints with `--json`."""
    return {
        "status": status,
        "code": answer.code,
        "changed": answer.changed,
        "rules": answer.rules,
        "rules_left": answer.rules_left,
        "files": [_file_as_json(file) for file in answer.files],
        "unused": answer.unused,
    }


def _file_as_json(file: FileAnswer) -> dict[str, Any]:
    about: dict[str, Any] = {"file": file.name, "dataset": file.dataset.slug}
    if file.answer is None:
        refusal = file.refusal
        assert refusal is not None  # noqa: S101 - one of the two is there
        return about | {"error": {"code": refusal.code, "message": refusal.message}}
    rejections = [
        {"row": row.number, "field": error.field, "code": error.code, "reason": error.message}
        for row in file.answer.outcomes
        for error in row.errors
    ]
    missing = {"missing": file.answer.missing_total}
    return about | file.answer.counts | missing | {"rejections": rejections}
