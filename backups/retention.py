"""Which backups stay: the newest of each of the last days, weeks and months that have one."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from backups import contents
from backups.faults import BackupFault
from backups.sealing import Seal
from backups.store import DAMAGED, Backup, Store

PERIODS: tuple[Callable[[datetime], object], ...] = (
    lambda at: at.date(),
    lambda at: at.isocalendar()[:2],
    lambda at: (at.year, at.month),
)


def to_keep(moments: Iterable[datetime], counts: Sequence[int]) -> set[datetime]:
    """Of each of the newest `counts` days, weeks and months, the newest moment; the newest of all in any case."""
    ordered = sorted(moments, reverse=True)
    kept = set(ordered[:1])
    for period, count in zip(PERIODS, counts, strict=True):
        newest: dict[object, datetime] = {}
        for at in ordered:
            newest.setdefault(period(timezone.localtime(at)), at)
        kept |= set(list(newest.values())[: max(0, count)])
    return kept


def prune(store: Store, seal: Seal, counts: Sequence[int], protected: Iterable[str] = ()) -> list[str]:
    """Remove backups that are not kept, and contents that no backup names any more; the names of those that went.

    `protected` are names that stay in any case: the last that was proven, and that of before the last upgrade.
    """
    with store.alone():
        backups = store.backups()
        kept = to_keep((each.at for each in backups), counts)
        gone = [each for each in backups if each.at not in kept and each.name not in set(protected)]
        for backup in gone:
            # Under another name first: half a backup must not pass for one.
            left = backup.folder.rename(backup.folder.with_name(f"{backup.name}.partial"))
            shutil.rmtree(left)
        _remove_unnamed(store, seal)
    return [each.name for each in gone]


def _remove_unnamed(store: Store, seal: Seal) -> None:
    """Contents that no list names, and damaged ones that are here whole again.

    Nothing goes while a list cannot be read: its key may be another one.
    """
    try:
        named = {path for backup in store.backups() for path in _named(backup, seal)}
    except BackupFault:
        return
    for path in store.files.glob("*/*"):
        name = str(path.relative_to(store.files)).removesuffix(DAMAGED)
        if name not in named or (path.name.endswith(DAMAGED) and (store.files / name).exists()):
            path.unlink()


def _named(backup: Backup, seal: Seal) -> set[str]:
    return {seal.name_of(entry.sha256) for entry in contents.read_list(backup, seal)}
