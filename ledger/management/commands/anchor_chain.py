"""Sign the head of the chain now and send it where configured; or have another instance's anchors kept here."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from geokit.refusal import Refusal
from ledger.anchors.keys import KeyFault, public_hex
from ledger.anchors.receiving import register_peer
from ledger.anchors.services import make_anchor


class Command(BaseCommand):
    help = "签名并送出当前链尾（每晚自动进行）；也可显示本站公钥，或登记另一平台，由本站代存它的锚定。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--public-key", action="store_true", help="只显示本站的公钥")
        parser.add_argument(
            "--keep-for", nargs=2, metavar=("NAME", "PUBLIC_KEY"), help="登记另一平台并显示其令牌（仅此一次）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._do(options)
        except (KeyFault, Refusal) as error:
            raise CommandError(str(error), returncode=2) from error

    def _do(self, options: dict[str, Any]) -> None:
        if options["public_key"]:
            self.stdout.write(public_hex())
        elif options["keep_for"]:
            _peer, token = register_peer(*options["keep_for"])
            self.stdout.write(token)
        else:
            anchor = make_anchor()
            self.stdout.write(f"{anchor.links} links, head {anchor.head}" if anchor else "no chain yet")
