"""Rate a CSV of samples by a standard, GB 3838-2002 by default. Needs no database."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.samples.table import agreement, rate_table, read_lakes, read_table, write_table
from river_monitoring.standard.evaluation import GB3838_2002, WATERS, Standard
from river_monitoring.standard.limits import InvalidStandard, load_standard
from ui.commands import AnsweringCommand


class Command(AnsweringCommand):
    name = "evaluate_samples"
    help = "按标准（默认 GB 3838-2002）评价 CSV 里的水样：逐行写出类别、定类指标、超标倍数和说明。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source",
            metavar="IN.csv",
            type=Path,
            help="列名为指标代码（ph, do, codmn, nh3n, tp …），也认中文名和单位，如 氨氮(mg/L)",
        )
        parser.add_argument("target", metavar="OUT.csv", type=Path, help="写出的表")
        parser.add_argument("--water", choices=WATERS, default="river", help="没有 water 列时按河流还是湖库评价")
        parser.add_argument("--lakes", metavar="NAMES.csv", type=Path, help="断面名称表：表里的断面按湖库评价")
        parser.add_argument("--standard", default=GB3838_2002.id, help="标准的编号，或一份标准的 TOML 文件")
        parser.add_argument("--label", metavar="COLUMN", help="已公布类别的列名：报告与它一致的行数")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        standard = _standard(given["standard"])
        table = read_table(given["source"], standard)
        lakes = read_lakes(given["lakes"]) if given["lakes"] else frozenset()
        published = table.cells(given["label"]) if given["label"] else None
        if given["label"] and published is None:
            raise BadInput(_("表里没有“%s”这一列。") % given["label"])
        answers = list(rate_table(table, given["water"], lakes))
        write_table(given["target"], table, answers)
        counts = Counter(answer.water_class.value for answer in answers)
        summary = {"status": "evaluated", "standard": standard.id, "rows": len(answers), "classes": counts}
        if published is None:
            return summary
        found = agreement(published, answers)
        return summary | {
            "agreement": {"compared": found.compared, "agreed": found.agreed, "share": round(found.share, 4)}
        }

    def print_result(self, body: dict[str, Any]) -> None:
        classes = " ".join(f"{name}={count}" for name, count in sorted(body["classes"].items()))
        self.stdout.write(f"{body['rows']} 行已评价：{classes}")
        if found := body.get("agreement"):
            self.stdout.write(f"{found['compared']} 行有已公布的类别，{found['agreed']} 行一致（{found['share']:.1%}）")


def _standard(named: str) -> Standard:
    if named in STANDARDS:
        return STANDARDS[named]
    if not named.endswith(".toml"):
        known = "、".join(STANDARDS)
        raise BadInput(_("没有编号为“%(named)s”的标准，现有 %(known)s。") % {"named": named, "known": known})
    try:
        return load_standard(Path(named))
    except InvalidStandard as error:
        raise BadInput(_("标准文件不能用：%s") % error) from error
