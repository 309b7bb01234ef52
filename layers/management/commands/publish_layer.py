"""`manage.py publish_layer SLUG`: let the public see a layer, with all that must be said first."""

import argparse
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Department
from geokit.refusal import BadInput
from layers.catalogue.publication import every_field, publish
from layers.management.layer_command import LayerCommand
from layers.storage.versions import get_layer


class Command(LayerCommand):
    help = "Open a layer to the public. Every fact is asked for; without --fields every field becomes public."
    name = "publish_layer"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--source", default="", help="where the data are from")
        parser.add_argument("--data-date", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
        parser.add_argument("--licence", default="")
        parser.add_argument("--review-number", default="", help="审图号, or why none is needed")
        parser.add_argument("--department", default="", metavar="CODE", help="who provides it and answers questions")
        parser.add_argument("--fields", default=None, metavar="A,B", help="source names of the public fields")
        parser.add_argument("--confirm", action="store_true", help="yes, all of this may be read by everybody")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        layer = get_layer(given["slug"])
        said = {name: given[name] for name in ("source", "data_date", "licence", "review_number")}
        facts = {**said, "department": _department(given["department"])}
        names = given["fields"].split(",") if given["fields"] is not None else every_field(layer)
        layer = publish(layer, facts, names, given["confirm"], layer.revision, None)
        return {"status": "published", "slug": layer.slug, "fields": layer.public_fields}

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['slug']}: public, fields {', '.join(body['fields']) or '-'}")


def _department(code: str) -> Department | None:
    if not code:
        return None
    department = Department.objects.filter(code=code).first()
    if department is None:
        raise BadInput(_("没有编号为“%s”的部门。") % code, code="department-unknown")
    return department
