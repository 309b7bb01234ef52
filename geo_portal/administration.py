"""The administration site: entered by the site's own sign-in, and without what has a page or could run code.

The queue's administration lets whoever enters it name a function to run; accounts, groups and tokens have pages that
audit what is done.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin

from ledger.roles.grants import allowed

OWN = frozenset(
    {"accounts", "layers", "ledger", "projects", "river_monitoring", "stations", "supervision"}
    | {"supervision_patrols", "supervision_report"}
)
"""App labels whose models may be administered; other people's packages register their own."""


def guard() -> None:
    """Send sign-in to the site's own page and take away every model that is not ours. Called once all are loaded."""
    AutocompleteMixin.optgroups = _tolerant(AutocompleteMixin.optgroups)  # type: ignore[method-assign]
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
    for model, page in list(admin.site._registry.items()):
        if model._meta.app_label not in OWN:
            admin.site.unregister(model)
        elif "DELETE" not in allowed(model._meta.db_table):
            page.has_delete_permission = _never  # type: ignore[method-assign]


def _never(*_args: Any, **_given: Any) -> bool:
    """Rows of the evidence stay: the database refuses it too."""
    return False


def _tolerant(optgroups: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Show a refused form again without a choice that is no key; Django looks it up and fails."""

    def shown(widget: Any, name: str, value: list[str], attr: dict[str, Any] | None = None) -> list[Any]:
        try:
            return optgroups(widget, name, value, attr)
        except ValueError:
            return optgroups(widget, name, [], attr)

    return shown
