"""Every tileset of the site, by name: an explicit list, and the layers that GIS staff loaded."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ANONYMOUS, reach_of, role_of
from geo_portal import areas
from jobs.models import Job
from layers import vector_layers as loaded
from layers.models import Layer, LayerVersion
from layers.rasters import raster_layers as rasters
from layers.signals import version_published, version_removed
from layers.storage.tables import SCHEMA
from library import vector_layers as library
from papers import vector_layers as papers
from projects import vector_layers as projects
from publishing import vector_layers as publishing
from reporting import vector_layers as boards
from river_monitoring import vector_layers as river
from stations import vector_layers as stations
from supervision import vector_layers as supervision
from tiles.archive.serving import ArchiveTileset, archive_tileset, archive_tilesets
from tiles.cache import watched_tables as freshness
from tiles.http import fast_path
from tiles.ladder import build as ladder
from tiles.ladder.jobs import build_when_committed
from tiles.ladder.models import Ladder
from tiles.layer.vector import VectorLayer
from tiles.raster.drawing import RasterStyle
from tiles.raster.hillshade import Light
from tiles.raster.render import RasterLayer

FIXED: tuple[VectorLayer, ...] = (
    *areas.LAYERS,
    *river.LAYERS,
    *projects.LAYERS,
    *stations.LAYERS,
    *library.LAYERS,
    *supervision.LAYERS,
    *papers.LAYERS,
    *publishing.LAYERS,
)
DRAWN: tuple[VectorLayer, ...] = tuple(
    sorted(
        (layer for layer in FIXED if layer.map_use and not layer.map_use.is_base),
        key=lambda layer: layer.map_use.order if layer.map_use else 0,
    )
)
"""The layers whose features the map draws as things one can point at, bottom first."""
BASE: tuple[VectorLayer, ...] = tuple(layer for layer in FIXED if layer.map_use and layer.map_use.is_base)
"""The layers of the base map."""
FIXED_NAMES = {layer.name for layer in FIXED}
LAYER_TABLES = frozenset({Layer._meta.db_table, LayerVersion._meta.db_table})
BOARD_TABLES = frozenset(model._meta.db_table for model in boards.DECIDED_BY)
# The demo's heights are coarse (30 arc seconds): slopes are exaggerated to be seen at all, and drawn smooth.
HILLSHADE = RasterLayer(
    "hillshade",
    settings.HILLSHADE_DEM,
    RasterStyle(mode="veil", smooth=True, light=Light(z_factor=3.0, overhead=0.35)),
    title=_("地形晕渲"),
    minzoom=7,
    maxzoom=11,
    base_map=True,
)


def _reads_archives(user: Any) -> bool:
    """Whether somebody sees the internal archives of the machine: they are of no district."""
    return role_of(user) != ANONYMOUS and reach_of(user) is None


class SiteCatalogue:
    """The site's layers for one asker; loaded layers are looked up at each request, so none needs a restart."""

    def vector_layers(self, user: Any) -> Iterable[VectorLayer]:
        return [
            *(layer for layer in FIXED if layer.audience(user) != "nobody"),
            *boards.list_layers(user),
            *loaded.list_layers(user),
        ]

    def vector_layer(self, name: str, user: Any) -> VectorLayer | None:
        for layer in FIXED:
            if layer.name == name:
                return layer if layer.audience(user) != "nobody" else None
        return boards.layer_for_name(name, user) or loaded.layer_for_slug(name, user)

    def decided_by(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset() if set(names) <= FIXED_NAMES else LAYER_TABLES | BOARD_TABLES

    def archive(self, name: str, user: Any) -> ArchiveTileset | None:
        found = archive_tileset(name, lambda: _reads_archives(user))
        if found is None or name in FIXED_NAMES or Layer.objects.filter(slug=name).exists():
            return None
        return found

    def archives(self, user: Any) -> Iterable[ArchiveTileset]:
        found = archive_tilesets(lambda: _reads_archives(user))
        taken = FIXED_NAMES | set(Layer.objects.values_list("slug", flat=True)) if found else set()
        return [item for item in found if item.name not in taken]

    def raster_layer(self, name: str, user: Any) -> RasterLayer | None:
        if name == HILLSHADE.name:
            return HILLSHADE if HILLSHADE.path.exists() else None
        return rasters.layer_for_slug(name, user)

    def raster_layers(self, user: Any) -> Iterable[RasterLayer]:
        return rasters.list_layers(user)


CATALOGUE = SiteCatalogue()


def watched_tables() -> set[str]:
    """Return the tables whose changes make some tile stale, or decide who may see it."""
    now = {table for layer in FIXED for table in layer.tables(layer.visible_to(None))}
    past = {model._meta.db_table for layer in FIXED if layer.past for model in layer.past.depends_on}
    values = {model._meta.db_table for model in boards.DRAWN_FROM}
    return now | past | values | BOARD_TABLES | LAYER_TABLES | fast_path.people_tables()


def watch_tables(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After migrating, see that every table behind a tile is watched (a partial migration has not all yet)."""
    present = set(connections[using].introspection.table_names())
    if freshness.CHANGES not in present:
        return
    freshness.install(using)
    ladder.install(using)
    freshness.watch(watched_tables() & present, using)
    if present >= LAYER_TABLES:
        _watch_loaded(using, present)


def _watch_loaded(using: str, present: set[str]) -> None:
    """Watch the rows of loaded layers, and have made what generalised copies the published ones still lack."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
        tables = {name for (name,) in cursor.fetchall()}
    names = set(LayerVersion.objects.using(using).values_list("table_name", flat=True)) & tables
    freshness.watch((f"{SCHEMA}.{name}" for name in names), using)
    if using == DEFAULT_DB_ALIAS and present >= {Ladder._meta.db_table, Job._meta.db_table}:
        current = Layer.objects.filter(current_version__table_name__in=names)
        known = {ladder.source for ladder in Ladder.objects.all() if not ladder.is_stale}
        for name, fields in current.values_list("current_version__table_name", "current_version__fields"):
            if f"{SCHEMA}.{name}" not in known:
                build_when_committed(f"{SCHEMA}.{name}", [field["column"] for field in fields])


@receiver(version_published)
def watch_version(version: LayerVersion | None, **kwargs: Any) -> None:
    """Watch the rows of a version that is published (they are not meant to change, but plain SQL can), and have its
    generalised copies made."""
    if version is not None and version.table_name:
        table = f"{SCHEMA}.{version.table_name}"
        freshness.watch([table])
        build_when_committed(table, [field["column"] for field in version.fields])


@receiver(version_removed)
def drop_copies(version: LayerVersion, **kwargs: Any) -> None:
    """With the rows of a version go the generalised copies of them."""
    if version.table_name:
        ladder.drop(f"{SCHEMA}.{version.table_name}")
