"""`manage.py restore --from PLACE [--force]`: bring the site back; what is here is kept beside it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from backups import places, restoring, runs
from backups.faults import BackupFault
from backups.models import Run
from backups.services import own_seal
from backups.store import Backup


class Command(BaseCommand):
    requires_system_checks = []
    help = "从备份恢复数据库、文件和密钥，并逐项核对；有任何不同就不替换任何内容，以非零退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="place", required=True, metavar="PLACE", help="备份，或存放备份的位置")
        parser.add_argument("--force", action="store_true", help="这里已经有站点时也恢复")
        parser.add_argument("--anyway", action="store_true", help="缺少文件或证据链有问题时也照备份恢复")

    def handle(self, *args: Any, **options: Any) -> None:
        started = timezone.now()
        try:
            backup = _find(options["place"])
            here = restoring.present()
            self.stdout.write(_("要恢复的备份：%(name)s（版本 %(version)s）") % _about(backup))
            if not options["force"]:
                restoring.refuse_to_overwrite(here, backup)
            proof = restoring.restore(backup, own_seal(), self.stdout.write, anyway=options["anyway"])
        except BackupFault as fault:
            raise CommandError(str(fault)) from None
        given = {"name": backup.name, "place": options["place"], "facts": proof.figures() | {"review": proof.review}}
        runs.record(Run.Kind.RESTORE, started, ok=True, said="\n".join(proof.faults), **given)
        for words in proof.faults:
            self.stderr.write(words)
        self.stdout.write(
            _("恢复完成，但上面列出的内容和登记的不符，请逐项处理：")
            if proof.faults
            else _("恢复完成并已核对，都和备份时一致：")
        )
        self.stdout.write(proof.in_words())


def _find(named: str) -> Backup:
    """A relative folder counts from where the command was typed."""
    folder = Path(named).expanduser()
    if folder.exists():
        return restoring.find(folder.resolve())
    place = places.parse(named)
    places.bring(place)
    return restoring.find(place.folder)


def _about(backup: Backup) -> dict[str, str]:
    return {"name": backup.name, "version": backup.manifest["versions"]["site"]}
