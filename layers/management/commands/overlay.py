"""`manage.py overlay TOOL --layer L --zones Z`: ask a question of layers, print the answer or save it as a layer."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role, User
from geokit.refusal import BadInput, Refusal
from layers.management.layer_command import LayerCommand
from layers.overlay import result_table, results, runs, saving
from layers.overlay.models import OverlayRun
from layers.overlay.parameters import SPLITS, Parameters
from ui.downloads import csv_text

UNRESTRICTED_USER = User(username="command-line", role=Role.ADMIN)
"""Whoever may run commands may read every layer. Never saved."""


class Command(LayerCommand):
    help = "What lies near (within), how much per area (summary), what a raster says per area (zonal)."
    name = "overlay"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("tool", choices=OverlayRun.Tool.values)
        parser.add_argument("--layer", required=True, help="slug of the features, or of the raster for zonal")
        parser.add_argument("--zones", required=True, help="areas:town, areas:village, reach-range, layer:SLUG ...")
        parser.add_argument("--only", default="", help="names of zones, comma between them; all when not given")
        parser.add_argument("--distance", type=float, default=0.0, dest="distance_m", help="metres on the ellipsoid")
        parser.add_argument("--split", default=SPLITS[0], choices=SPLITS, help="what happens at a border")
        parser.add_argument("--name-field", default="", help="what zones of a layer are called by")
        parser.add_argument("--band", type=int, default=1)
        parser.add_argument("--csv", type=Path, default=None, help="write the answer to this file")
        parser.add_argument("--save-as", default="", metavar="SLUG", help="make the answer a new (internal) layer")
        parser.add_argument("--title", default="", help="name of that layer")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        run = OverlayRun(tool=given["tool"], parameters=Parameters.parse(given).as_dict())
        if given["csv"] and not given["csv"].parent.is_dir():
            raise BadInput(_("目标文件夹 %s 不存在。") % given["csv"].parent.name, code="target-missing")
        run.save()
        try:
            runs.compute(run, user=UNRESTRICTED_USER)
            if given["csv"]:
                given["csv"].write_text(csv_text(results.table_rows(run)), encoding="utf-8", newline="")
            body = {
                "status": "done",
                "tool": run.tool,
                "rows": run.rows,
                **run.result,
                "parameters": run.parameters,
                "fields": run.fields,
                "answer": [_row(run, row) for row in results.rows(run).defer("geom").order_by("pk")[:1_000]],
            }
            if given["save_as"]:
                version = saving.save_as_layer(run, given["save_as"], given["title"], None)
                body |= {"slug": version.layer.slug, "version": version.number}
            return body
        except Refusal:
            result_table.drop(run.table_name)
            run.delete()
            raise

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['tool']}: {body['rows']} rows. {body['method']}")

    @staticmethod
    def refused(refusal: Refusal, given: dict[str, Any]) -> dict[str, Any]:
        return {"status": "refused", "tool": given["tool"], "error": {"code": refusal.code, "message": refusal.message}}


def _row(run: OverlayRun, row: Any) -> dict[str, Any]:
    return {"id": row.pk, **{column.column: getattr(row, f"f{i}") for i, column in enumerate(results.columns(run))}}
