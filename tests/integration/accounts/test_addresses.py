"""What people write finds one place: real names of villages and towns, in the spellings that people use."""

import csv
from pathlib import Path

import pytest

from accounts.areas.addresses import Named, areas_meant, bare

ROOT = Path(__file__).parents[3]
ABOVE = ("浙江省", "宁波市", "海曙区")


def rows_of(path):
    with (ROOT / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def areas():
    towns = [Named(int(row["code"]), row["name"]) for row in rows_of("fixtures/haishu/haishu_towns_nbs.csv")]
    villages = rows_of("fixtures/haishu/haishu_villages_nbs.csv")
    return towns + [Named(int(row["code"]), row["name"], int(row["streetCode"])) for row in villages]


def test_two_hundred_spellings_find_what_they_mean(areas):
    spellings = rows_of("tests/data/place_spellings.csv")
    names = {area.key: area.name for area in areas}
    wrong = {}
    for row in spellings:
        meant = [int(code) for code in row["codes"].split("|") if code]
        if (found := areas_meant(row["spelling"], areas, ABOVE)) != meant:
            wrong[row["spelling"]] = [names[key] for key in found]
    assert len(spellings) >= 200
    assert wrong == {}


def test_a_town_is_consumed_before_villages_are_looked_for(areas):
    assert areas_meant("古林镇布政村，桥东 50 米", areas, ABOVE) == [330203103212]  # not 古林村 as well


@pytest.mark.parametrize("text", ["", "，。！", "\0" * 50, "村" * 20_000, "布政" * 10_000, "<script>", "½٣²"])
def test_what_names_no_place_finds_at_most_one_and_never_fails(text, areas):
    assert len(areas_meant(text, areas, ABOVE)) <= 1


def test_a_bare_name_keeps_at_least_two_characters():
    assert [bare(name) for name in ("桓村村委会", "林村村委会", "布政村村委会")] == ["桓村", "林村", "布政"]
