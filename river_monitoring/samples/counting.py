"""Which samples prove the success of works, and why the others do not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from river_monitoring.samples.models import Sample
from river_monitoring.samples.parties import WorksParties
from river_monitoring.standard.readings import HELD_FOR_REVIEW
from river_monitoring.steps.sample_quality import Quality


class Discount(StrEnum):
    """Why a sample proves nothing, the strongest reason first."""

    WORKS = "works"
    UNKNOWN = "unknown"
    HISTORIC = "historic"
    CORRECTED = "corrected"
    HELD = "held"
    QUESTIONED = "questioned"


WHY_NOT = {
    Discount.WORKS: _("整治责任单位自己的水样，不作销号依据"),
    Discount.UNKNOWN: _("采样单位不详，不作销号依据"),
    Discount.HISTORIC: _("补录的历史数据，不作销号依据"),
    Discount.CORRECTED: _("更正后未经另一方确认，暂不作销号依据"),
    Discount.HELD: _("有数值待核对，核对前不作销号依据"),
    Discount.QUESTIONED: _("存疑，核实前不作销号依据"),
}


class Origin(NamedTuple):
    """What is kept of a sample beside its figures, as far as it decides whether the sample proves anything."""

    party: int | None = None
    laboratory: str = ""
    by_station: bool = False
    by_works: bool = False
    is_historic: bool = False
    quality: str = Quality.UNQUESTIONED
    is_held: bool = False
    """Whether a value was set apart until somebody has looked: the worst one may be missing from its means."""

    @property
    def stands_back(self) -> bool:
        """Whether values of others go before it in the class of a month."""
        return self.by_works or self.is_historic


def discount_of(origin: Origin, works: WorksParties) -> Discount | None:
    """Why a sample does not count in a proving run; None for one that does.

    >>> works = WorksParties(frozenset({1}), frozenset({"示例环保"}))
    >>> [discount_of(Origin(party), works) for party in (1, 2, None)]
    [<Discount.WORKS: 'works'>, None, <Discount.UNKNOWN: 'unknown'>]
    >>> discount_of(Origin(2, "示例 环保"), works), discount_of(Origin(by_station=True), works)
    (<Discount.WORKS: 'works'>, None)
    """
    if origin.is_historic:
        return Discount.HISTORIC
    if origin.by_works or works.includes(origin.party, origin.laboratory):
        return Discount.WORKS
    if origin.party is None and not origin.by_station:
        return Discount.UNKNOWN
    if origin.quality == Quality.CORRECTED:
        return Discount.CORRECTED
    if origin.is_held:
        return Discount.HELD
    return Discount.QUESTIONED if origin.quality == Quality.QUESTIONED else None


def origin_of(sample: Sample) -> Origin:
    """The same of a stored row."""
    by_station = sample.source == Sample.Source.AUTOMATIC and sample.recorded_by_id is None
    facts = (sample.party_id, sample.laboratory, by_station, sample.by_works, sample.is_historic, str(sample.quality))
    return Origin(*facts, is_held(sample.flagged))


def is_held(flagged: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether one of the values that were set apart waits for a person."""
    return any(item["flag"] in HELD_FOR_REVIEW for item in flagged.values())


def why_not(discount: Discount | None) -> str:
    """Why a sample proves nothing, for people; empty for one that counts."""
    return str(WHY_NOT[discount]) if discount else ""
