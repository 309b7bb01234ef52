"""The pages that explain an export, in Chinese and English: what lies where, and every table with its columns."""

from typing import Any

from django.conf import settings
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from accounts.district import current
from accounts.loads.registry import declared
from geo_portal.leaving import tables
from geo_portal.leaving.sinks import Sink
from geo_portal.leaving.tables import Column
from geo_portal.leaving.written import Exported
from ledger.models import ChainLink

PAGES = {"zh-hans": "说明.html", "en": "README.html"}


def write(sink: Sink, done: Exported) -> None:
    """Write both pages."""
    for language, name in PAGES.items():
        with override(language):
            sink.lines(name, [render_to_string("leaving/schema.html", _context(done, language))])


def _context(done: Exported, language: str) -> dict[str, Any]:
    head = ChainLink.objects.order_by("-pk").first()
    return {
        "language": language,
        "district": current(),
        "version": settings.VERSION,
        "at": timezone.localtime(),
        "done": done,
        "datasets": [(each, done.datasets.get(each.slug, 0)) for each in declared().values()],
        "tables": [_table(model, done) for model in tables.tables()],
        "chain_head": bytes(head.digest).hex() if head else "",
        "chain_table": ChainLink._meta.db_table,
        "files_left_out": (*tables.OF_THE_MACHINE, *tables.CREDENTIALS),
        "columns_left_out": sorted(tables.SECRET),
    }


def _table(model: type[Model], done: Exported) -> dict[str, Any]:
    return {
        "name": model._meta.db_table,
        "title": model._meta.verbose_name,
        "rows": done.tables.get(model._meta.db_table, 0),
        "columns": [_column(field) for field in tables.fields(model)],
    }


def _column(field: Column) -> dict[str, Any]:
    target: Any = field.related_model if field.is_relation else None
    return {
        "name": field.column,
        "title": field.verbose_name,
        "kind": field.get_internal_type(),
        "target": target._meta.db_table if hasattr(target, "_meta") else "",
        "help": field.help_text,
        "choices": [(value, label) for value, label in field.flatchoices] if field.choices else [],
    }
