"""How anchors reach the places outside: which of them do not arrive, since when, and when they do again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from ledger.anchors.channels import places
from ledger.models import Delivery

REPEATED = 3
"""Attempts (within about 20 minutes) after which a place is said not to be reached."""
PATIENCE = timedelta(days=1)

not_reached = Signal()
"""``delivery``: failed again and again; ``since``: the first that failed so. Sent for each such delivery."""
reached_again = Signal()
"""``delivery`` arrived where others had not; ``since``: the first of those."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with what arrived there last, and the first delivery that has not arrived since (None: all is well)."""

    channel: str
    target: str
    arrived_at: datetime | None
    failing: Delivery | None

    @property
    def name(self) -> str:
        return str(Delivery.Channel(self.channel).label)


def undelivered() -> QuerySet[Delivery]:
    """Deliveries to places of the configuration that failed repeatedly or wait for a day, with no later one arrived."""
    wanted = Q(pk=None)
    for channel, target in places():
        wanted |= Q(channel=channel, target=target)
    later = Delivery.objects.filter(
        channel=OuterRef("channel"), target=OuterRef("target"), state=Delivery.State.DONE, anchor__gt=OuterRef("anchor")
    )
    return (
        Delivery.objects.filter(wanted, _in_vain()).exclude(Exists(later)).select_related("anchor").order_by("anchor")
    )


def _in_vain() -> Q:
    late = Q(state=Delivery.State.WAITING, anchor__at__lt=timezone.now() - PATIENCE)
    return Q(state=Delivery.State.FAILED) | Q(state=Delivery.State.WAITING, attempts__gte=REPEATED) | late


def state_of_places() -> list[Place]:
    """Every place of the configuration, those that are not reached first."""
    failing: dict[tuple[str, str], Delivery] = {}
    for each in undelivered():
        failing.setdefault((each.channel, each.target), each)
    done = Delivery.objects.filter(state=Delivery.State.DONE).order_by("channel", "target", "-anchor")
    newest = {(one.channel, one.target): one.changed_at for one in done.distinct("channel", "target")}
    found = [Place(*place, newest.get(place), failing.get(place)) for place in places()]
    return sorted(found, key=lambda place: place.failing is None)


def tell(delivery: Delivery) -> None:
    """Send the signal that belongs to what became of a delivery, if any; part of the caller's transaction."""
    first = _first_in_vain_before(delivery)
    if delivery.state != Delivery.State.DONE:
        if delivery.attempts >= REPEATED:
            not_reached.send(Delivery, delivery=delivery, since=first or delivery)
    elif first or delivery.attempts > REPEATED:
        reached_again.send(Delivery, delivery=delivery, since=first or delivery)


def _first_in_vain_before(delivery: Delivery) -> Delivery | None:
    """The first delivery to the same place that did not arrive, since the last before this one that did."""
    same = Delivery.objects.filter(channel=delivery.channel, target=delivery.target, anchor__lt=delivery.anchor_id)
    arrived = same.filter(state=Delivery.State.DONE).order_by("-anchor").first()
    since = same.filter(anchor__gt=arrived.anchor_id) if arrived else same
    return since.filter(_in_vain()).order_by("anchor").first()
