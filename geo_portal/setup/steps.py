"""The list of what a district needs: what is done, what is missing, what may wait."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.district import current
from accounts.loads import Dataset
from accounts.loads.models import Load
from accounts.loads.registry import declared

DONE, MISSING, OPTIONAL = "done", "missing", "optional"
LABELS = {DONE: _("已有"), MISSING: _("缺少"), OPTIONAL: _("可以以后再做")}
KEPT_AS = "setup-missing"
UNFILLED_KEPT_AS = "setup-unfilled"
KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `count` is how many rows there are, None where rows are not what it is about."""

    slug: str
    title: Any
    about: Any
    url: str
    state: str
    count: int | None = None
    load: Load | None = None

    @property
    def label(self) -> Any:
        return LABELS[self.state]


def steps() -> list[Step]:
    """Return every step in order, the district's record first."""
    newest: dict[str, Load] = {}
    for load in Load.objects.order_by("dataset", "-pk").distinct("dataset"):
        newest[load.dataset] = load
    return [_record_step(), *(_step(dataset, newest.get(dataset.slug)) for dataset in declared().values())]


def _record_step() -> Step:
    about = _("名称、电话区号、地图范围和底图；页面、表单里的例子和地图都按它来。")
    state = DONE if current().pk else MISSING
    return Step("record", _("本区资料"), about, reverse("setup:record"), state)


def _step(dataset: Dataset, load: Load | None) -> Step:
    count = dataset.rows().count()
    state = DONE if count else MISSING if dataset.is_needed else OPTIONAL
    url = reverse("setup:dataset", args=[dataset.slug])
    return Step(dataset.slug, dataset.title, dataset.about, url, state, count, load)


def missing() -> int:
    """Return how many steps are missing without which a district cannot work; kept for a minute."""
    kept = cache.get(KEPT_AS)
    if kept is None:
        needed = [dataset for dataset in declared().values() if dataset.is_needed]
        kept = sum(not dataset.rows().exists() for dataset in needed) + (current().pk is None)
        cache.set(KEPT_AS, kept, KEPT_SECONDS)
    return int(kept)


def unfilled() -> frozenset[str]:
    """Return the datasets that have no row yet, by slug; kept for a minute."""
    kept = cache.get(UNFILLED_KEPT_AS)
    if kept is None:
        kept = [slug for slug, dataset in declared().items() if not dataset.rows().exists()]
        cache.set(UNFILLED_KEPT_AS, kept, KEPT_SECONDS)
    return frozenset(kept)


def forget() -> None:
    """Something was loaded or taken back: count anew."""
    cache.delete_many([KEPT_AS, UNFILLED_KEPT_AS])
