"""`manage.py look_at_restored LIST`: asked by a restore, of the database that it made; people have no use for it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import BaseCommand

from ledger.chain import verify
from ledger.chain.declared import declared
from ledger.chain.files import digest_of_file, file_faults
from ledger.roles.faults import role_faults

MOST = 20


class Command(BaseCommand):
    requires_system_checks = []
    help = "恢复程序的内部命令：交还各角色的权限，核对证据链和权限，以 JSON 报告。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("list", type=Path, help="JSON：文件路径和 SHA-256")
        parser.add_argument("--for-use", action="store_true", help="结束所有会话，清空缓存：这个库将投入使用")

    def handle(self, *args: Any, **options: Any) -> None:
        digests: dict[str, str] = json.loads(options["list"].read_text())
        call_command("migrate", verbosity=0)
        verdict = verify(files=False)
        known = digests.get if not settings.FILES_BUCKET else lambda name: digests.get(name) or digest_of_file(name)
        files = [fault for spec in declared().values() for fault in file_faults(spec, digest_of=known)]
        faults = [*verdict.faults, *files]
        if options["for_use"]:
            # Whoever signed out since the backup stays signed out.
            Session.objects.all().delete()
            for cache in caches.all():
                cache.clear()
        answer = {
            "links": verdict.links,
            "faults": [str(fault) for fault in faults[:MOST]],
            "rights": [str(fault) for fault in role_faults()],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
