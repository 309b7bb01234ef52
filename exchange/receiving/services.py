"""Take a package: what it says is compared with what is there, and in one transaction nothing or all of it counts.

A package says all that its origin shows of a kind: what it leaves out is withdrawn here, not deleted. An older package
than the newest taken is refused, so nobody brings back what was; the same again is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from exchange.packages.reading import Package, open_package
from exchange.receiving.notifications import tell
from exchange.register.models import ForeignFile, ForeignRecord, Partner, TakenRecord, Taking
from exchange.register.permissions import require_keeper
from exchange.register.services import own_origin
from exchange.standard.kinds import KINDS
from geokit.refusal import BadInput
from ledger import audit
from ledger.actors import account_of
from ui.sheet_rows import Outcome

AHEAD = timedelta(hours=1)
"""How far the partner's clock may go ahead of ours: a package of next year would shut out all that follow."""
BATCH = 500
LISTED = 500
"""Differences that are said one by one, at the most."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that a package enters, changes or withdraws. `fields` are name, before and after of what changes."""

    outcome: str
    kind: str
    identifier: str
    name: str
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(slots=True)
class Answer:
    """What became of a package, or would. `taking` is None where it was only checked."""

    origin: str
    made_at: Any
    counts: dict[str, int]
    differences: list[Difference] = field(default_factory=list)
    taking: Taking | None = None
    is_known: bool = False
    """It was taken before; nothing was done."""

    def as_json(self) -> dict[str, Any]:
        return {
            "status": "taken" if self.taking else "checked",
            "origin": self.origin,
            "known": self.is_known,
        } | self.counts


STORED, CHANGED, SAME, WITHDRAWN = Outcome.STORED.value, Outcome.CHANGED.value, Outcome.SAME.value, "withdrawn"


def import_package(path: Path, *, actor: Asker, origin: str = "", check: bool = False) -> Answer:
    """Take a package that somebody brings as a file, from the partner `origin` (else: whose key signed it).

    Raises NotPermitted, BadInput and TooLarge.
    """
    require_keeper(actor)
    return take(_partner_of(path, origin), path, actor=actor, check=check)


def _partner_of(path: Path, origin: str) -> Partner:
    """The partner that is named, else the only one whose key signed it."""
    found = list(Partner.objects.filter(origin=origin)) if origin else []
    if not origin:
        for partner in Partner.objects.filter(is_active=True):
            try:
                with open_package(path, partner.public_key):
                    found.append(partner)
            except BadInput as refusal:
                if refusal.code != "bad-signature":
                    raise
    if not found:
        raise BadInput(_("没有登记的平台签过这个数据包。"), code="bad-signature")
    return found[0]


@transaction.atomic
def take(partner: Partner, path: Path, *, actor: Asker = None, check: bool = False) -> Answer:
    """Take a package of `partner`; with `check` nothing is kept. Raises BadInput and TooLarge."""
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    with open_package(path, partner.public_key) as package:
        _require_for_us(partner, package)
        known = partner.takings.filter(sha256=package.sha256, undone_at=None).first()
        if known is not None:
            return Answer(partner.origin, known.made_at, _counted([]), [], known, is_known=True)
        _require_newer(partner, package)
        answer = _compared(partner, package, actor)
        if check:
            transaction.set_rollback(True)
            answer.taking = None
    return answer


def _require_for_us(partner: Partner, package: Package) -> None:
    said = package.manifest
    if not partner.is_active:
        raise BadInput(_("与“%s”的互联已停用。") % partner, code="not-active")
    if said.origin != partner.origin:
        raise BadInput(_("数据包写的来源是“%s”，不是签名的平台。") % said.origin, code="foreign-origin")
    if said.to and said.to != own_origin():
        raise BadInput(_("这个数据包是给“%s”的。") % said.to, code="not-for-us")


def _require_newer(partner: Partner, package: Package) -> None:
    made_at = package.manifest.made_at
    if made_at > timezone.now() + AHEAD:
        raise BadInput(_("数据包的制作时间在将来，请对方核对时钟。"), code="from-the-future")
    newest = partner.takings.filter(undone_at=None).order_by("-made_at").first()
    if newest is not None and made_at <= newest.made_at:
        words = {"at": date_format(timezone.localtime(newest.made_at), "DATETIME_FORMAT")}
        raise BadInput(_("已经接收过更新的数据包（%(at)s 制作），旧的不再接收。") % words, code="older-package")


def _compared(partner: Partner, package: Package, actor: Asker) -> Answer:
    taking = Taking.objects.create(
        partner=partner, sha256=package.sha256, made_at=package.manifest.made_at, manifest=package.text,
        signature=package.signature, public_key=partner.public_key, actor=account_of(actor),
    )  # fmt: skip
    there = {one.identifier: one for one in partner.records.filter(kind__in=package.kinds).iterator(BATCH)}
    differences: list[Difference] = []
    seen: set[str] = set()
    fresh: list[ForeignRecord] = []
    changed: list[ForeignRecord] = []
    rows: list[TakenRecord] = []
    for kind, data in package.records():
        seen.add(data["id"])
        before = there.get(data["id"])
        difference = _difference(kind, before, data)
        differences.append(difference)
        if difference.outcome == SAME:
            continue
        rows.append(TakenRecord(taking=taking, identifier=data["id"], before=_kept(before)))
        one = before or ForeignRecord(partner=partner, kind=kind, identifier=data["id"])
        (fresh if before is None else changed).append(_as_said(one, taking, difference.name, data))
    for one in there.values():
        if one.identifier not in seen and one.withdrawn_at is None:
            differences.append(Difference(WITHDRAWN, one.kind, one.identifier, one.name))
            rows.append(TakenRecord(taking=taking, identifier=one.identifier, before=_kept(one)))
            one.withdrawn_at, one.taking = timezone.now(), taking
            changed.append(one)
    _write(partner, package, fresh, changed, rows)
    tell(taking, fresh)
    return _said(partner, taking, actor, differences)


def _said(partner: Partner, taking: Taking, actor: Asker, differences: list[Difference]) -> Answer:
    counts = _counted(differences)
    for name, number in counts.items():
        setattr(taking, name, number)
    taking.save(update_fields=list(counts))
    audit.record(actor, "package-taken", taking, origin=partner.origin, sha256=taking.sha256, **counts)
    listed = [one for one in differences if one.outcome != SAME][:LISTED]
    return Answer(partner.origin, taking.made_at, counts, listed, taking)


def _counted(differences: list[Difference]) -> dict[str, int]:
    return {name: sum(one.outcome == name for one in differences) for name in (STORED, CHANGED, WITHDRAWN, SAME)}


def _name(kind: str, data: dict[str, Any]) -> str:
    """What a record is called here: it is kept, so in the site's language, whoever brings it."""
    with translation.override(settings.LANGUAGE_CODE):
        return KINDS[kind].name_of(data)[:200]


def _difference(kind: str, before: ForeignRecord | None, data: dict[str, Any]) -> Difference:
    fields = tuple(_fields(before.data, data)) if before is not None else ()
    if before is not None and not fields and before.withdrawn_at is None:
        return Difference(SAME, kind, data["id"], before.name)
    return Difference(STORED if before is None else CHANGED, kind, data["id"], _name(kind, data), fields)


def _fields(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _kept(one: ForeignRecord | None) -> dict[str, Any] | None:
    if one is None:
        return None
    withdrawn = one.withdrawn_at.isoformat() if one.withdrawn_at else None
    return {"data": one.data, "withdrawn_at": withdrawn, "taking": one.taking_id}


def _as_said(one: ForeignRecord, taking: Taking, name: str, data: dict[str, Any]) -> ForeignRecord:
    one.name, one.about, one.data = name, data.get("paper", ""), data
    one.taking, one.withdrawn_at = taking, None
    return one


CHANGING = ("name", "about", "data", "taking", "withdrawn_at")


def _write(
    partner: Partner,
    package: Package,
    fresh: list[ForeignRecord],
    changed: list[ForeignRecord],
    rows: list[TakenRecord],
) -> None:
    ForeignRecord.objects.bulk_create(fresh, batch_size=BATCH)
    ForeignRecord.objects.bulk_update(changed, CHANGING, batch_size=BATCH)
    TakenRecord.objects.bulk_create(rows, batch_size=BATCH)
    files = package.files
    kept = set(partner.files.filter(sha256__in=files).values_list("sha256", flat=True))
    for sha256, path in files.items():
        if sha256 not in kept:
            with path.open("rb") as content:
                ForeignFile(partner=partner, sha256=sha256).file.save(f"{sha256}.bin", File(content))


@transaction.atomic
def undo(actor: Asker, pk: int) -> Taking:
    """Take the newest package of a partner back: its records are as before. Raises NotPermitted, BadInput.

    A record that it entered stays, withdrawn, where we have answered it.
    """
    require_keeper(actor)
    taking = Taking.objects.select_for_update().select_related("partner").filter(pk=pk).first()
    if taking is None or taking.undone_at is not None:
        raise BadInput(_("没有这次接收，或者已经撤销。"), code="nothing-to-undo")
    if taking.partner.takings.filter(pk__gt=taking.pk, undone_at=None).exists():
        raise BadInput(_("这之后还接收过数据包，请从最近的一次开始撤销。"), code="not-the-newest")
    touched = taking.stored + taking.changed + taking.withdrawn
    if touched and not taking.rows.exists():
        raise BadInput(_("超过 90 天，原来的样子已不再保存，不能撤销。"), code="too-old")
    taking.undone_at, taking.undone_by, taking.xact = timezone.now(), account_of(actor), _this_transaction()
    taking.save(update_fields=["undone_at", "undone_by", "xact"])
    _restore(taking)
    audit.record(actor, "package-undone", taking, origin=taking.partner.origin, sha256=taking.sha256)
    return taking


def _restore(taking: Taking) -> None:
    there = {one.identifier: one for one in taking.partner.records.iterator(BATCH)}
    changed: list[ForeignRecord] = []
    for row in taking.rows.iterator(BATCH):
        one = there[row.identifier]
        if row.before is None and not one.replies.exists():
            one.delete()
            continue
        before = row.before or {"data": one.data, "withdrawn_at": timezone.now().isoformat(), "taking": taking.pk}
        restored = _as_said(one, taking, _name(one.kind, before["data"]), before["data"])
        restored.taking_id, restored.withdrawn_at = before["taking"], before["withdrawn_at"]
        changed.append(restored)
    ForeignRecord.objects.bulk_update(changed, CHANGING, batch_size=BATCH)


def _this_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
