"""The administration site: entered by the site's own sign-in, and without what has a page or could run code.

The queue's administration lets whoever enters it name a function to run; accounts, groups and tokens have pages that
audit what is done.
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

OWN = frozenset(
    {"accounts", "layers", "ledger", "projects", "river_monitoring", "stations", "supervision"}
    | {"supervision_patrols", "supervision_report"}
)
"""App labels whose models may be administered; other people's packages register their own."""


def guard() -> None:
    """Send sign-in to the site's own page and take away every model that is not ours. Called once all are loaded."""
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
    for model in list(admin.site._registry):
        if model._meta.app_label not in OWN:
            admin.site.unregister(model)
