"""`manage.py backup_check [--from PLACE]`: restore the newest backup into a scratch database and compare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backups import services
from backups.faults import BackupFault


class Command(BaseCommand):
    requires_system_checks = []
    help = "把最近一份备份恢复到临时数据库，逐表核对行数、文件和证据链；不影响站点。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="place", default="", metavar="PLACE", help="默认 BACKUP_TARGET")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup, proof = services.check(options["place"])
        except BackupFault as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(_("备份 %s 可以恢复，都和备份时一致：") % backup.name)
        self.stdout.write(proof.in_words())
