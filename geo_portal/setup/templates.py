"""The workbook to fill in for a dataset: a sheet with head and example, one with columns and code lists explained."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.loads import Dataset
from ui.downloads import Sheet, xlsx

WIDTH = 16


def template(dataset: Dataset) -> bytes:
    """Return an XLSX file whose first sheet `read_file` reads."""
    heads = [str(column.head) for column in dataset.columns]
    example = [str(column.example) for column in dataset.columns]
    filled = Sheet([heads, example], _("填写"), widths=[WIDTH] * len(heads))
    return xlsx(filled, Sheet(_explained(dataset), _("说明"), widths=[18, 8, 50, 60]))


def _explained(dataset: Dataset) -> Iterator[list[str]]:
    yield [_("列"), _("必填"), _("说明"), _("可以写")]
    for column in dataset.columns:
        choices = _("、").join(str(label) for _value, label in column.choices)
        yield [str(column.head), _("是") if column.needed else "", str(column.help), choices]
