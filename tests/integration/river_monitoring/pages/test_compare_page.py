"""Several points and parameters in one page, the same as picture and file, and all of it in the address."""

import csv
import io
import re
from datetime import datetime

import pytest
from django.utils import timezone
from PIL import Image

from river_monitoring.samples.models import Sample
from tests.integration.river_monitoring.conftest import BAD, GOOD

PAGE = "/river/compare/"
MONTHS = "since=2025-01&until=2026-06"


def at(year, month, day=10):
    return timezone.make_aware(datetime(year, month, day, 9))


@pytest.fixture
def two_points(make_point):
    """A falls steadily from 2.0 to below the detection limit, B has two samples only."""
    first, second = make_point("A", name="甲断面"), make_point("B", name="=乙断面")
    falling = ["2.0", "1.6", "1.2", "0.9", "0.4", "0.05L"]
    for month, value in enumerate(falling, start=1):
        Sample.objects.create(point=first, phenomenon_time=at(2026, month), readings={**GOOD, "nh3n": value})
    for month in (1, 2):
        Sample.objects.create(point=second, phenomenon_time=at(2026, month), readings=BAD)
    return first, second


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_has_charts_trend_and_table_without_any_script(client, two_points):
    page = text_of(client.get(f"{PAGE}?points=A,B&parameters=nh3n&{MONTHS}"))
    assert page.count('class="figure"') == 1
    assert "目标Ⅴ类 ≤2" in page
    assert "显著下降（0.01 水平）" in page and "N=6，rs=−1.000，临界值 Wp=0.829" in page
    assert "数据太少，不判断趋势（2 期，至少要 5 期）" in page
    assert "figure__dot--hollow" in page and "未检出，按检出限一半计" in page
    assert "下降" in page and "（好转）" in page
    assert "临界值表" in page and '<td class="num">0.829</td><td class="num">0.943</td>' in page


def test_each_parameter_has_a_chart_and_what_is_not_measured_is_said(client, two_points):
    page = text_of(client.get(f"{PAGE}?points=A&parameters=nh3n&parameters=do&parameters=hg&{MONTHS}"))
    assert page.count('class="figure"') == 2
    assert "这段时间没有读数的指标：汞" in page


def test_a_season_lays_the_years_over_each_other(client, two_points):
    for month in (1, 2, 3):
        Sample.objects.create(point=two_points[0], phenomenon_time=at(2025, month), readings=BAD)
    page = text_of(client.get(f"{PAGE}?points=A&parameters=nh3n&view=season&{MONTHS}"))
    assert page.count("figure__line--2") == 2  # the key and the line of 2025
    assert ">2026</text>" in page and ">2025</text>" in page


def test_the_file_has_means_counts_and_no_formula(client, two_points):
    answer = client.get(f"{PAGE}?points=A,B&parameters=nh3n&period=quarter&{MONTHS}&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][:9] == ["A", "甲断面", "西镇", "氨氮", "mg/L", "2026-Q1", "1.60", "3", "0"]
    assert rows[2][6:9] == ["0.44", "3", "1"]  # (0.9 + 0.4 + 0.025) / 3
    assert rows[3][1] == "'=乙断面"
    assert "attachment" in answer["Content-Disposition"]


def test_the_picture_is_the_page(client, two_points):
    answer = client.get(f"{PAGE}?points=A&parameters=nh3n&{MONTHS}&format=png")
    assert answer["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.width == 1616 and picture.height > 600
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 20


def test_nothing_chosen_teaches_the_next_step(client, two_points):
    page = text_of(client.get(PAGE))
    assert "还没有选点位" in page and "points=A,B" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("points=NONE", "没有编码为“NONE”的点位。"),
        ("points=A&parameters=gold", "没有代码为“gold”的指标。"),
        ("points=A&period=week", "“week”不在可选范围内"),
        ("points=A&view=3d", "“3d”不在可选范围内"),
        ("points=A&since=2026-13", "月份“2026-13”读不懂"),
        ("points=A&since=2026-05&until=2026-01", "起始月份晚于结束月份。"),
        ("points=1,2,3,4,5,6,7", "最多同时比较 6 个点位。"),
        ("points=A&parameters=ph,do,codmn,cod,bod5,nh3n,tp", "最多同时看 6 项指标。"),
        ("format=png", "请先选择点位，再下载。"),
        ("points=A&format=exe", "只能下载 PNG 或 CSV。"),
        ("points=A&parameters=hg&format=png", "这段时间没有可画的数据。"),
    ],
)
def test_what_cannot_be_is_refused_in_words(client, two_points, query, sentence):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_names_are_text_in_the_drawing(client, make_point):
    point = make_point("X", name="<script>alert(1)</script>")
    Sample.objects.create(point=point, phenomenon_time=at(2026, 1), readings=GOOD)
    page = client.get(f"{PAGE}?points=X&parameters=nh3n&{MONTHS}").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
