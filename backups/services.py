"""A backup and a proof from beginning to end: made, carried away, pruned, written down."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import ProgrammingError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backups import contents, databases, making, places, proving, restoring, retention, runs
from backups.faults import BackupFault
from backups.models import Run
from backups.proving import Proof
from backups.sealing import Seal, seal_of
from backups.store import Backup, Store
from ops.backups import way_back

Say = Callable[[str], None]
PROOF = "_proof"


def own_seal() -> Seal:
    """The seal of this site's key file; none where there is no file and nobody named one."""
    return seal_of(settings.BACKUP_KEY_FILE, must_exist=settings.BACKUP_KEY_EXPECTED)


def back_up(named: str = "", say: Say = lambda line: None) -> Backup:
    """Make a backup at a place (BACKUP_TARGET by default) and let go of those that are not kept. Raises BackupFault."""
    started, named = timezone.now(), named or settings.BACKUP_TARGET
    try:
        place, seal = places.parse(named), own_seal()
        made = making.make(place.folder, seal, say)
        gone = retention.prune(
            Store(place.folder), seal, settings.BACKUP_KEEP, [*_proven(), way_back(settings.VAR_DIR)]
        )
        # Those of nights that could not send theirs go along.
        places.send(place, [backup.name for backup in Store(place.folder).backups()], gone)
    except BackupFault as fault:
        runs.record(Run.Kind.BACKUP, started, ok=False, place=named, said=str(fault))
        raise
    manifest, copied = made.backup.manifest, made.copied
    facts = {
        "bytes": manifest["files"]["bytes"] + sum(part["bytes"] for part in manifest["parts"].values()),
        "files": manifest["files"]["count"],
        "copied": copied.copied,
        "copied_bytes": copied.copied_bytes,
        "rows": sum(manifest["rows"].values()),
        "encrypted": made.backup.is_encrypted,
        "kept": len(Store(place.folder).backups()),
    }
    runs.record(Run.Kind.BACKUP, started, ok=True, name=made.backup.name, place=named, facts=facts)
    runs.forget_old()
    return made.backup


def _proven() -> list[str]:
    """The last that was proven stays, however old."""
    with suppress(ProgrammingError), transaction.atomic():
        found = runs.last(Run.Kind.PROOF, ok=True)
        return [found.name] if found else []
    return []  # the table is not there yet: an upgrade is about to make it


def check(named: str = "") -> tuple[Backup, Proof]:
    """Restore the newest backup into a scratch database and compare. Raises BackupFault for any difference."""
    started, named, name = timezone.now(), named or settings.BACKUP_TARGET, ""
    facts: dict[str, bool] = {}
    try:
        place = places.parse(named)
        backup = restoring.find(place.folder)
        name, seal = backup.name, own_seal()
        with databases.scratch(f"{databases.ours()}{PROOF}") as scratch:
            proof = proving.prove(backup, seal, scratch)
        if proof.damaged:
            contents.set_aside(backup.store, seal, proof.damaged)
            proof.faults.append(_("损坏的文件已另行存放；站点上还有的，下次备份会重新拷贝。"))
        facts = {"restorable": not proof.differences}
        _refuse(name, proof)
    except BackupFault as fault:
        runs.record(Run.Kind.PROOF, started, ok=False, name=name, place=named, said=str(fault), facts=facts)
        raise
    runs.record(Run.Kind.PROOF, started, ok=True, name=name, place=named, facts=proof.figures())
    return backup, proof


def _refuse(name: str, proof: Proof) -> None:
    """Raises BackupFault for a proof that found anything; what the site itself had when it was copied is named so."""
    if proof.differences:
        raise BackupFault("\n".join([_("备份 %s 恢复后和备份时不同：") % name, *proof.differences, *proof.faults]))
    if proof.faults:
        raise BackupFault("\n".join([_("备份 %s 能恢复，但其中的文件或证据链有问题：") % name, *proof.faults]))
