"""Every dataset that a room declares, in the order in which a new district needs them."""

from functools import cache
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.loads.definition import Dataset


@cache
def declared() -> dict[str, Dataset]:
    """The datasets of all rooms by slug."""
    found: dict[str, Dataset] = {}
    for module in settings.DATASETS:
        for dataset in import_module(module).DATASETS:
            if dataset.slug in found:
                raise ImproperlyConfigured(f"two datasets are called {dataset.slug}")
            found[dataset.slug] = dataset
    return found
