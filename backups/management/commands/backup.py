"""`manage.py backup [--to PLACE]`: database, files and keys, all of one moment."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backups import services
from backups.faults import BackupFault


class Command(BaseCommand):
    requires_system_checks = []
    help = "备份数据库、文件和密钥；不完整的备份不会留下。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default="", metavar="PLACE", help="文件夹或 user@host:/路径；默认 BACKUP_TARGET")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = services.back_up(options["to"], self.stdout.write)
        except BackupFault as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(_("备份完成：%s") % made.folder)
        if not made.is_encrypted:
            self.stdout.write(_("备份没有加密，其中有全部数据和密钥：请保管好，或者先运行 make backup-key。"))
