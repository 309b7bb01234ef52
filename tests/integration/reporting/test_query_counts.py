"""Lists of reports and of boards ask the database as often for many as for few."""

import pytest

from reporting.boards.services import save_board
from reporting.models import QuarterlyReport
from tests.data.indicators import make_indicator
from tests.queries import asked


def test_the_list_of_reports_asks_as_often_for_many_as_for_few(as_user, staff, deputy):
    client = as_user(staff)
    QuarterlyReport.objects.create(year=2026, quarter=1, ordered_by=staff, state="failed")
    few = asked(client, "/reports/")
    for quarter in (2, 3, 4):
        QuarterlyReport.objects.create(year=2025, quarter=quarter, ordered_by=deputy, state="failed")
    assert asked(client, "/reports/") == few


@pytest.mark.parametrize(
    "address",
    ["/ogc/collections", "/ogc/collections/layers.catalogue/items", "/ogc/wmts/1.0.0/WMTSCapabilities.xml",
     "/ogc/wms?service=WMS&request=GetCapabilities", "/ogc/wfs?service=WFS&request=GetCapabilities"],
)  # fmt: skip
def test_documents_of_layers_ask_as_often_for_many_maps_of_boards(address, as_user, staff):
    client = as_user(staff)

    def add(*codes: str) -> None:
        for code in codes:
            make_indicator(code, title=code, is_public=False)
            block = [{"kind": "map", "indicators": [code]}]
            save_board(staff, code, title=code, readers="staff", period_kind="month", blocks=block)

    add("one")
    few = asked(client, address)
    add("two", "three", "four")
    assert asked(client, address) == few
    assert "board_four" in client.get(address).text
