"""Rooms know only the rooms below them, in imports and in foreign keys alike."""

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[2]
# From the ground up; equal numbers are siblings and independent.
FLOOR = {
    "ui": 0,
    "jobs": 0,
    "ledger": 1,
    "accounts": 2,
    "backups": 3,
    "search": 3,
    "tiles": 3,
    "ogc": 4,
    "layers": 4,
    "river_monitoring": 5,
    "projects": 5,
    "stations": 5,
    "library": 5,
    "supervision": 6,
    "papers": 7,
    "supervision_patrols": 8,
    "voters": 8,
    "meetings": 8,
    "questions": 8,
    "publishing": 8,
    "supervision_report": 9,
    "exchange": 10,
    "geo_portal": 11,
    "demo": 12,
}
"""By app label: `supervision_patrols` is the room inspections, `supervision_report` the room reporting."""


def test_imports_follow_the_order_of_the_rooms():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def _relations():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            points = field.concrete and field.is_relation and field.related_model
            # A ledger must name who acted, and users stand above it: the one arrow that may point upwards.
            if points and field.related_model is not get_user_model():
                yield model._meta.app_label, field.related_model._meta.app_label, f"{model.__name__}.{field.name}"


@pytest.mark.parametrize(("room", "target", "name"), [r for r in _relations() if {r[0], r[1]} <= FLOOR.keys()])
def test_foreign_keys_follow_the_order_of_the_rooms(room, target, name):
    assert room == target or FLOOR[target] < FLOOR[room], f"{name} points from {room} up or across to {target}"


def test_every_room_of_ours_has_a_floor():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert ours == FLOOR.keys()
