"""Write an export: files of a new instance, every table, layers, files of rows, the chain, a page that explains.

Everything is read in one transaction of one moment, so that tables and files agree with each other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.district import current
from accounts.models import Role
from accounts.permissions import Asker, has_role
from geo_portal.leaving import district_files, row_files, schema_page, tables
from geo_portal.leaving.sinks import Sink, sink_for
from geo_portal.leaving.written import Exported
from geokit.refusal import BadInput, NotPermitted
from layers.exporting.services import export_version
from layers.storage.models import Layer
from ledger import audit

type Say = Callable[[int, int, str], None]
"""Told before each step: how many are done, of how many, and what comes."""
LANGUAGE = "zh-hans"
"""In which heads and names of the files are, whoever asks."""


def may_export(user: Asker) -> bool:
    """Tell whether `user` may take everything away: administrators."""
    return has_role(user, Role.ADMIN)


def export_district(target: Path, *, actor: Asker = None, say: Say = lambda done, of, what: None) -> Exported:
    """Write everything readable to `target`, a .zip or a folder that is new or empty. Raises BadInput."""
    if not current().pk:
        raise BadInput(_("还没有本区资料，没有可以导出的。"), code="no-district")
    if target.exists() and (target.suffix.lower() == ".zip" or not target.is_dir() or any(target.iterdir())):
        raise BadInput(_("“%s”已经有了，请换一个名字。") % target.name, code="target-exists")
    with _one_moment(), override(LANGUAGE), sink_for(target) as sink:
        done = _write(sink, say)
    audit.record(actor, "district-exported", current(), files=done.files, bytes=done.bytes)
    return done


def require_exporter(actor: Asker) -> None:
    """Raise NotPermitted for whoever may not take everything away."""
    if not may_export(actor):
        raise NotPermitted(_("全部数据由系统管理员导出。"))


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees one moment; within another one, what that sees."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write(sink: Sink, say: Say) -> Exported:
    done = Exported()
    steps = list(_steps(sink, done))
    for number, (what, step) in enumerate(steps):
        say(number, len(steps), what)
        step()
    sink.seal()
    done.bytes = sink.bytes
    say(len(steps), len(steps), "")
    return done


def _steps(sink: Sink, done: Exported) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield _("本区资料"), partial(district_files.write_record, sink)
    for dataset in district_files.datasets():
        write = partial(district_files.write_dataset, sink, dataset)
        yield str(dataset.title), partial(_count, done.datasets, dataset.slug, write)
    for table in tables.tables():
        name = table._meta.db_table
        yield name, partial(_count, done.tables, name, partial(tables.write_table, sink, table))
    yield _("各表的位置"), partial(tables.write_places, sink)
    for layer in Layer.objects.filter(kind=Layer.Kind.VECTOR).exclude(current_version=None).order_by("slug"):
        yield layer.title, partial(_count, done.layers, layer.slug, partial(_write_layer, sink, layer))
    yield _("照片和文件"), partial(_write_files, sink, done)
    yield _("说明"), partial(schema_page.write, sink, done)


def _count(counts: dict[str, int], name: str, write: Callable[[], int]) -> None:
    counts[name] = write()


def _write_layer(sink: Sink, layer: Layer) -> int:
    path = sink.work / "layer.gpkg"
    assert layer.current_version is not None  # noqa: S101 - those without are left out
    exported = export_version(layer.current_version, path)
    sink.move(f"layers/{layer.slug}.gpkg", path)
    return exported.rows


def _write_files(sink: Sink, done: Exported) -> None:
    done.files, done.unreadable = row_files.write(sink)
