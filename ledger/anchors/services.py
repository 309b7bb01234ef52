"""Making an anchor: the head of the chain at one moment, signed, kept here and on its way outside."""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jobs.lanes import Lane
from jobs.queue import enqueue
from ledger.anchors.channels import places
from ledger.anchors.keys import public_hex, signing_key
from ledger.anchors.statement import Statement, as_json, digest
from ledger.chain import settle
from ledger.locks import wait_turn
from ledger.models import Anchor, Delivery

DELIVER = "ledger.anchors.jobs.deliver"


@transaction.atomic
def make_anchor(now: datetime | None = None) -> Anchor | None:
    """Sign where the chain stands and queue its way outside; None for an empty chain.

    Raises KeyFault where the key cannot be used. A line in `anchors.jsonl` beside the key says the same outside the
    database.
    """
    settle()
    wait_turn("ledger.anchor")  # each names the one before
    with connection.cursor() as cursor:
        cursor.execute("SELECT links, link, encode(digest, 'hex') FROM ledger_head")
        head = cursor.fetchone()
    if head is None or not head[0]:
        return None
    last = Anchor.objects.order_by("pk").last()
    statement = Statement(
        site=settings.SITE_URL,
        at=now or timezone.now(),
        links=head[0],
        link=head[1],
        head=head[2],
        previous=digest(last.statement) if last else "",
    )
    anchor = _sign(statement)
    for channel, target in places():
        delivery = Delivery.objects.create(anchor=anchor, channel=channel, target=target)
        enqueue(DELIVER, delivery.pk, lane=Lane.MAIL)
    transaction.on_commit(lambda: _write_line(anchor))
    return anchor


def _sign(statement: Statement) -> Anchor:
    key = signing_key()
    text = statement.text()
    return Anchor.objects.create(
        at=statement.at,
        link=statement.link,
        links=statement.links,
        head=statement.head,
        statement=text,
        public_key=public_hex(key),
        signature=key.sign(text.encode()).hex(),
    )


def journal() -> Path:
    """The file of all anchors outside the database, one JSON object a line."""
    return Path(settings.LEDGER_KEY_FILE).with_name("anchors.jsonl")


def _write_line(anchor: Anchor) -> None:
    line = json.dumps(as_json(anchor), ensure_ascii=False) + "\n"
    path = journal()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(line)


def latest_anchor() -> Anchor | None:
    """The newest anchor, or None where the chain was never anchored."""
    return Anchor.objects.order_by("pk").last()
