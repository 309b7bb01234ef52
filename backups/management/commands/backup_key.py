"""`manage.py backup_key`: make the key that encrypts backups from now on."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backups.faults import BackupFault
from backups.sealing import make_key


class Command(BaseCommand):
    requires_system_checks = []
    help = "生成备份密钥；以后的备份都加密。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = make_key(settings.BACKUP_KEY_FILE)
        except BackupFault as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(key)
        self.stdout.write(
            _("密钥保存在 %s。请把上面这一行抄在纸上，和备份分开保管：没有它，谁也打不开以后的备份。")
            % settings.BACKUP_KEY_FILE
        )
