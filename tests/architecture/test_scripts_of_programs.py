"""Another program's script is on no page whose address is a secret, and on none where keys are typed or shown."""

import re
from pathlib import Path

import pytest

from accounts.signin.in_app.addresses import may_load
from tests.architecture.access.routes import addresses

ROOT = Path(__file__).resolve().parents[2]
OURS = [
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.py", "*.html")
    for room in ROOT.iterdir()
    if room.is_dir() and room.name not in ("tests", "node_modules", "web", "var") and not room.name.startswith(".")
    for path in room.rglob(pattern)
]
KEYS = re.compile(r'class="[^"]*\btoken\b|type="password"|\bPasswordInput\(|widget=(forms\.)?PasswordInput\b')
WHERE = {
    "accounts/notices/forms.py": ["/notices/robots/"],
    "accounts/signin/forms.py": ["/accounts/email/"],
    "accounts/templates/accounts/tokens.html": ["/work/tokens/"],
    "exchange/pages/forms.py": ["/exchange/partners/new/", "/exchange/partners/1/edit/"],
    "exchange/templates/exchange/_own.html": ["/exchange/"],
    "exchange/templates/exchange/token.html": ["/exchange/partners/new/", "/exchange/partners/1/token/"],
    "exchange/templates/exchange/webhook_secret.html": ["/exchange/webhooks/", "/exchange/webhooks/1/secret/"],
    "geo_portal/setup/forms.py": ["/setup/"],
    "layers/pages/sources/forms.py": ["/layers/import/sources/", "/layers/import/sources/1/"],
}
"""The pages on which what stands in a file is typed or shown."""
SECRET = re.compile(r"<secret:|signature>")


def _filled(address: str) -> str:
    return "/" + re.sub(r"<(int:)?[^>]*>", lambda found: "1" if found[1] else "guess", address).lstrip("/")


def test_every_place_for_keys_and_passwords_is_known():
    found = [file for file in OURS if KEYS.search((ROOT / file).read_text())]
    assert sorted(found) == sorted(WHERE)


@pytest.mark.parametrize("place", sorted({place for places in WHERE.values() for place in places}))
def test_no_script_is_there(place):
    assert not may_load(place)


def test_nor_at_an_address_that_opens_a_page_by_itself():
    secret = [_filled(address) for address in addresses() if SECRET.search(address)]
    assert "/my/mail/1/guess/" in secret and "/line/mail/1/guess/" in secret
    assert [address for address in secret if may_load(address)] == []
    assert may_load("/map/") and may_load("/invitations/")
