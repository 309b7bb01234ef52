"""The page of the docs about the settings is that of the rules as they are declared."""

from django.conf import settings

from accounts.rules.document import document
from accounts.rules.registry import declared


def test_the_page_in_the_docs_has_every_rule_as_it_is():
    written = (settings.BASE_DIR / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == document(), "run manage.py draw_settings"
    assert all(written.count(f"| `{key}` |") == 1 for key in declared())
