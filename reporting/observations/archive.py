"""Values, and what stood before them, out of the archive of another instance.

Whoever writes down when something was said could hide that it came late, and write into closed books. So an indicator
takes one archive, while nothing was said of it here: for a day from its first value on. All that came that way says so
(`Way.ARCHIVE`), and no rule asks whether it was late.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted, refuse
from ledger import audit
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import may_keep_indicators
from reporting.observations.models import EarlierValue, Observation, Way
from reporting.observations.recording import Given, check_place, our_districts
from river_monitoring.samples.sheet import parse_time
from ui.sheets import SheetRow

TAKEN_FOR = timedelta(days=1)
"""How long an archive is taken from its first value on: its sheets come one by one."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stood in a cell until `replaced_at`."""

    value: Decimal | None
    plan: Decimal | None
    whole: int | None
    reason: str
    said_at: datetime
    replaced_at: datetime


def in_use() -> frozenset[int]:
    """The keys of the indicators of which something was said here, or measured."""
    said = Observation.objects.exclude(way=Way.ARCHIVE).order_by().values_list("indicator", flat=True).distinct()
    return frozenset(said)


def is_over(indicator: Indicator) -> bool:
    """Tell whether an indicator had its archive, so that nothing more comes into it."""
    return indicator.archived_at is not None and timezone.now() >= indicator.archived_at + TAKEN_FOR


def _over(column: str, indicator: Indicator) -> BadInput:
    return refuse(column, "archive-over", _("“%s”的档案一天以前已经转入，不能再补。") % indicator.title)


def moment_cell(at: datetime) -> str:
    """A moment as a cell, to the microsecond and with its zone."""
    return timezone.localtime(at).isoformat()


def read_archived(row: SheetRow, column: str, indicator: Indicator, used: Collection[int]) -> datetime:
    """Read when something was said elsewhere. Raises BadInput, also where the indicator takes no archive any more."""
    at = parse_time(row[column])
    if at is None or at > timezone.now():
        raise refuse(column, "bad-time", _("“%s”不是时间，或者还没有到。") % row[column][:40])
    if indicator.pk in used:
        words = _("“%s”在这里已经报送过，不能再转入档案。") % indicator.title
        raise refuse(column, "in-use", words)
    if is_over(indicator):
        raise _over(column, indicator)
    return at


def keep_earlier(actor: Asker, observation: Observation, said: Earlier) -> EarlierValue:
    """Keep what stood in a cell of an archive before. Raises NotPermitted, BadInput."""
    indicator = observation.indicator
    if not may_keep_indicators(actor):
        raise NotPermitted(_("指标由区人大工作人员维护。"))
    given = Given(indicator, observation.place, observation.period, said.value)
    check_place(actor, given, our_districts([given]))
    if observation.way != Way.ARCHIVE or observation.earlier.exclude(way=Way.ARCHIVE).exists():
        raise BadInput(_("“%s”在这里已经报送过，不能再转入档案。") % indicator.title, code="in-use")
    if is_over(indicator):
        raise _over("replaced_at", indicator)
    if not said.said_at <= said.replaced_at <= observation.said_at:
        raise refuse("replaced_at", "bad-time", _("更正时间应在原来的报送时间之后，现在的报送时间之前。"))
    made = EarlierValue.objects.create(
        observation=observation,
        value=said.value,
        plan=said.plan,
        whole=said.whole,
        reason=said.reason,
        said_at=said.said_at,
        replaced_at=said.replaced_at,
        way=Way.ARCHIVE,
    )
    audit.record(
        actor, "earlier-value-archived", observation, earlier=made.pk, replaced_at=said.replaced_at.isoformat()
    )
    return made
