"""One place of the version, and a dated changelog that knows it."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from geo_portal import __version__

CHANGELOG = (Path(__file__).parents[3] / "CHANGELOG.md").read_text(encoding="utf-8")
VERSIONS = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", CHANGELOG, flags=re.MULTILINE)


def test_the_newest_version_of_the_changelog_is_the_products():
    assert VERSIONS[0][0] == __version__ == settings.SPECTACULAR_SETTINGS["VERSION"]


def test_versions_fall_and_so_do_their_days():
    numbers = [tuple(map(int, number.split("."))) for number, _day in VERSIONS]
    days = [date.fromisoformat(day) for _number, day in VERSIONS]
    assert numbers == sorted(numbers, reverse=True)
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("heading", re.findall(r"^## .*$", CHANGELOG, flags=re.MULTILINE))
def test_every_version_has_its_day(heading):
    assert heading == "## Unreleased" or re.fullmatch(r"## \d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", heading)
