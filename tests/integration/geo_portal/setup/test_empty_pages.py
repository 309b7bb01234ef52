"""A district on its first day: every page that has nothing to show says what to do next."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.district.services import save_district
from accounts.models import User

LEAVES = ("/admin/", "/api/", "/accounts/", "/tiles/", "/i18n/", "/styles/", "/readyz", "/metrics")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class EmptyStates(HTMLParser):
    """Texts of the empty states of a page that lead nowhere; one that is good news has the class `empty--fine`."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.inside = 0
        self.found: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag not in VOID:
            self.open.append(tag)
        if "empty" in classes:
            self.inside = len(self.open)
            self.found.append({"text": "", "leads": "empty--fine" in classes})
        elif self.inside and tag in ("a", "button", "summary"):
            self.found[-1]["leads"] = True

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        if len(self.open) < self.inside:
            self.inside = 0

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1]["text"] += data.strip()


def dead_ends(html: str) -> list[str]:
    parser = EmptyStates()
    parser.feed(html)
    return [state["text"] for state in parser.found if not state["leads"]]


def addresses() -> list[str]:
    """Every address without a parameter."""
    return sorted({address for address in _below(get_resolver(), "/") if not address.startswith(LEAVES)})


def _below(resolver: URLResolver, start: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        route = str(each.pattern)
        if "<" in route or "(" in route or "^" in route:
            continue
        if isinstance(each, URLPattern):
            yield start + route
        else:
            yield from _below(each, start + route)


@pytest.fixture
def first_day(db: None, admin_user: User) -> None:
    save_district(
        admin_user, "999901", slug="xi", name="溪县", congress="溪县人大", site_name="溪县地图", code_prefix="X"
    )


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_no_page_of_an_empty_district_ends_there(first_day: None, as_user: Any, role: str) -> None:
    client = as_user(User.objects.create_user(username="of the congress", role=role, password="a pass phrase"))
    pages, dead = 0, {}
    for address in addresses():
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            pages += 1
            if found := dead_ends(answer.content.decode()):
                dead[address] = found
    assert pages > 40
    assert not dead, "\n".join(f"{address} {found}" for address, found in dead.items())


def test_an_empty_state_without_a_way_on_is_found() -> None:
    assert dead_ends('<div class="empty"><strong>x</strong><p>y</p></div><a href="/">z</a>') == ["xy"]
    assert dead_ends('<div class="empty"><a href="/">z</a></div><p class="empty empty--fine">fine</p>') == []
