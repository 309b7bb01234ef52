"""The deputies that there are become members of the district's congress: those of the register, and who has an account.

The number of the term is not known to the site and stays 0 until somebody writes it. Nobody becomes a member of a
town's congress: a deputy's town said where she belongs, not that she sits there.
"""

from typing import Any

from django.db import migrations


def enrol(apps: Any, schema_editor: Any) -> None:
    """Give each deputy a person and a membership from the day on which the first of them had an account."""
    model = apps.get_model
    district = _district(model("accounts", "Area"), model("accounts", "District"))
    users = model("accounts", "User").objects.filter(role="deputy", is_active=True)
    register = model("stations", "Deputy").objects
    if district is None or not (users.exists() or register.exists()):
        return
    first = users.order_by("date_joined").values_list("date_joined", flat=True).first()
    since = first.date() if first else _today()
    congress = model("accounts", "Congress").objects.create(area=district, level="district", term=0, starts_on=since)
    for deputy in register.order_by("pk"):
        deputy.person = model("accounts", "Person").objects.create(
            code=deputy.code, name=deputy.name, user_id=deputy.user_id
        )
        deputy.save(update_fields=["person"])
        if deputy.is_active:
            _join(model, congress, deputy.person, since, deputy.electoral_district)
    for user in users.filter(person=None).order_by("pk"):
        code = f"U-{user.pk}"
        name = (user.display_name or user.username)[:40]
        _join(model, congress, model("accounts", "Person").objects.create(code=code, name=name, user=user), since, "")


def _district(areas: Any, districts: Any) -> Any:
    codes = list(districts.objects.order_by("pk").values_list("code", flat=True)[:1])
    own = areas.objects.filter(code__in=codes).first()
    own = own or areas.objects.filter(level="district").order_by("code").first()
    return own if own is not None and own.level == "district" else None


def _join(model: Any, congress: Any, person: Any, since: Any, constituency: str) -> None:
    model("accounts", "Membership").objects.create(
        code=person.code, person=person, congress=congress, starts_on=since, constituency=constituency
    )


def _today() -> Any:
    from django.utils import timezone

    return timezone.localdate()


class Migration(migrations.Migration):
    dependencies = [("stations", "0008_deputies_are_people"), ("accounts", "0019_members_are_chained")]

    operations = [migrations.RunPython(enrol, migrations.RunPython.noop)]
