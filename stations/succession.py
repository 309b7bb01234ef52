"""What a deputy who leaves has in hand here: receptions to come, and her place in the register."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Asker
from accounts.succession import Belonging
from ledger import audit
from stations.receptions.models import Reception, ReceptionEvent
from stations.receptions.table import TABLE
from stations.receptions.workflow import record_event
from stations.register.models import Deputy
from stations.register.permissions import in_office


def receptions_to_come(user: User) -> QuerySet[Reception]:
    to_come = Reception.objects.filter(status__in=TABLE.in_group("to_be_held"), starts_at__gt=timezone.now())
    return to_come.filter(deputies__user=user).select_related("station").order_by("starts_at", "pk")


def not_in_register(row: Any, successor: User) -> str:
    """The obstacle where the successor receives nobody."""
    return "" if _entry(successor) is not None else _("接替人不在代表名册里，或已不在任。")


def _entry(user: User) -> Deputy | None:
    return Deputy.objects.filter(in_office(), user=user).first()


def give_reception(actor: Asker, day: Reception, leaver: User, successor: User) -> None:
    """The successor receives voters in her place; by another account of hers she stays herself."""
    old, new = Deputy.objects.filter(user=leaver).first(), _entry(successor)
    if old is None or new is None:
        return  # her place in the register has gone to the other account already
    locked = Reception.objects.select_for_update().get(pk=day.pk)
    locked.deputies.remove(old)
    locked.deputies.add(new)
    locked.version += 1
    locked.save(update_fields=["version"])
    about = {"deputies": sorted(locked.deputies.values_list("pk", flat=True)), "handed_over": [old.pk, new.pk]}
    record_event(locked, ReceptionEvent.Verb.CHANGED, actor, timezone.now(), **about)


def _words(day: Any) -> str:
    return f"{day.station.name} {date_format(timezone.localtime(day.starts_at), 'DATETIME_FORMAT')}"


def _has_entry(row: Any, successor: User) -> str:
    return _("接替人在名册里已有自己的一条。") if Deputy.objects.filter(user=successor).exists() else ""


def give_entry(actor: Asker, entry: Deputy, leaver: User, successor: User) -> None:
    """The register names the other account."""
    locked = Deputy.objects.select_for_update().get(pk=entry.pk)
    locked.user = successor
    locked.save(update_fields=["user"])
    audit.record(actor, "deputy-account-changed", locked, before=leaver.pk, after=successor.pk)


BELONGINGS = (
    Belonging(
        kind="register",
        title=gettext_lazy("代表名册"),
        rows=lambda user: Deputy.objects.filter(user=user),
        words=str,
        url=lambda entry: str(entry.get_absolute_url()),
        give=give_entry,
        obstacle=_has_entry,
        of_the_person=True,
    ),
    Belonging(
        kind="receptions",
        title=gettext_lazy("本人要接待选民的日子"),
        rows=receptions_to_come,
        words=_words,
        url=lambda day: str(day.get_absolute_url()),
        give=give_reception,
        obstacle=not_in_register,
    ),
)
