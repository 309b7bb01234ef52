"""Rooms know only the rooms below them, in imports and in foreign keys alike."""

from pathlib import Path

import pytest
from django.apps import apps
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[2]
# From the ground up; equal numbers are siblings and independent.
FLOOR = {
    "accounts": 0,
    "tiles": 1,
    "layers": 2,
    "river_monitoring": 3,
    "projects": 3,
    "stations": 3,
    "supervision": 4,
    "geo_portal": 5,
}


def test_imports_follow_the_order_of_the_rooms():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def _relations():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model:
                yield model._meta.app_label, field.related_model._meta.app_label, f"{model.__name__}.{field.name}"


@pytest.mark.parametrize(("room", "target", "name"), [r for r in _relations() if {r[0], r[1]} <= FLOOR.keys()])
def test_foreign_keys_follow_the_order_of_the_rooms(room, target, name):
    assert room == target or FLOOR[target] < FLOOR[room], f"{name} points from {room} up or across to {target}"


def test_every_room_of_ours_has_a_floor():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert ours == FLOOR.keys()
