"""What is known of a term."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import override

DEPUTIES = "中华人民共和国全国人民代表大会和地方各级人民代表大会代表法"
SUPERVISION = "中华人民共和国各级人民代表大会常务委员会监督法"
WATER_POLLUTION = "中华人民共和国水污染防治法"
WATER = "中华人民共和国水法"
FLOODS = "中华人民共和国防洪法"
RIVERS = "中华人民共和国河道管理条例"
SEWERS = "城镇排水与污水处理条例"
LETTERS = "信访工作条例"
SHORT = {
    DEPUTIES: "代表法",
    SUPERVISION: "监督法",
    WATER_POLLUTION: "水污染防治法",
    WATER: "水法",
    FLOODS: "防洪法",
    RIVERS: "河道管理条例",
}
"""As people call these laws."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term: its name, what it means, and the law (by its full title) and its articles, or a standard, that say so."""

    code: str
    name: Any
    meaning: Any
    law: str = ""
    articles: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The articles that the meaning rests on, the foremost first, each with words that stand in it alone."""
    standard: str = ""
    also: tuple[str, ...] = ()
    """Other ways of writing it."""
    unlike: tuple[str, ...] = ()
    """Words that hold the name and are something else."""

    @property
    def chinese(self) -> str:
        """The name in the language of the texts, whatever that of the page is."""
        with override(settings.LANGUAGE_CODE):
            return str(self.name)

    @property
    def basis(self) -> str:
        """Where it comes from in words, as Chinese papers cite; empty where no law or standard defines it."""
        return f"《{SHORT.get(self.law, self.law)}》{'、'.join(self.articles)}" if self.law else self.standard
