"""Invented names, posts and telephone numbers. No real person is meant."""

from functools import cache
from random import Random
from typing import Any

from demo.plan import sources
from demo.plan.towns import Town


@cache
def _words() -> dict[str, Any]:
    return sources.read_json("names.json")


class Names:
    """Names that do not repeat within one circle of people."""

    def __init__(self, chance: Random) -> None:
        self._chance, self._given = chance, set[str]()

    def next(self) -> str:
        while True:
            name = self._chance.choice(_words()["surnames"]) + self._chance.choice(_words()["given"])
            if name not in self._given:
                self._given.add(name)
                return name


def chief_post(town: Town, chance: Random) -> str:
    """The post of a river chief of a town: 古林镇镇长."""
    kind = "street" if town.name.endswith("街道") else "township" if town.name.endswith("乡") else "town"
    post = chance.choice(_words()["chief_posts"][kind])
    return f"{town.short}{post}"


def post_of(kind: str, chance: Random) -> str:
    """The post of a chief of a district, city, village, community or police station, without its place."""
    return str(chance.choice(_words()["chief_posts"][kind]))


def occupation(chance: Random) -> str:
    return chance.choice(_words()["occupations"])


def phone(chance: Random) -> str:
    """A telephone number of a block that only this demo uses."""
    return f"0574-8700{chance.randrange(10_000):04d}"


def mobile(chance: Random) -> str:
    """A number with a digit too few, so that nobody can be called by it."""
    return f"1990000{chance.randrange(1000):03d}"
