"""Layers are the whole district's or a department's: its officers write theirs, a town's staff none."""

from tests.architecture.access.foreign.row import GIS_MAY, Foreign

GIS_400 = "404 404 404 400 404"

FOREIGN = [
    Foreign("layers:import", "", {}, "404 404 400 400 404", taken=400),
    Foreign("layers:import_confirm", "pk=JOB", {}, GIS_MAY),
    Foreign("layers:import_cancel", "pk=JOB", {}, GIS_MAY),
    Foreign("layers:import_retry", "pk=JOB", {}, GIS_MAY),
    Foreign("layers:sources", "", {}, "404 404 400 400 404", taken=400),
    Foreign("layers:source_hosts", "", {"host": "a b"}, GIS_400, taken=400),
    Foreign("layers:source_host_end", "pk=SOURCE_HOST", {}, GIS_MAY),
    *(
        Foreign("layers:source_step", f"pk=SOURCE step={step}", form, GIS_MAY)
        for step, form in (
            ("choose", {"name": "ponds"}),
            ("fetch", {}),
            ("stop", {}),
            ("secret", {"secret": "t"}),
            ("end", {}),
            ("settings", {"schedule": "daily", "at_hour": "3"}),
        )
    ),
    Foreign("layers:overlay", "", {}, GIS_400, taken=400),
    Foreign("layers:overlay_cancel", "pk=RUN", {}, GIS_MAY),
    Foreign("layers:overlay_save", "pk=RUN", {"slug": "the-answer", "title": "结果", "mode": "create"}, GIS_MAY),
    Foreign("layers:raster_style", "slug=open-raster", {}, GIS_400, taken=400),
    Foreign("layers:style", "slug=open-layer", {}, GIS_400, taken=400),
    Foreign("layers:style_restore", "slug=open-layer", {}, GIS_MAY),
    Foreign("layers:publish", "slug=inner-layer", {}, GIS_400, taken=400),
    Foreign("layers:withdraw", "slug=open-layer", {}, GIS_MAY),
    Foreign("layers:undo", "slug=open-layer", {}, GIS_MAY),
    Foreign("layers:remind", "slug=inner-layer", {}, GIS_MAY),
    Foreign("layers:edit", "slug=open-layer", {"title": "新名", "visibility": "internal", "revision": "1"}, GIS_MAY),
]
NO_OBJECT: dict[str, str] = {}
