"""Every form that somebody reaches from her work page, filled and sent once by a real browser: `make forms`.

`make test` does not collect it: some 350 forms take a quarter of an hour. Pages are walked by their links; of forms
with the same address and fields the first is taken, and what ends the session comes last. A form is in order when its
answer is no error of the server, the page says nothing to the console, and something came of it: another page, a
message, errors beside the fields, or a control that the browser itself found wanting.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.conftest import CHROMIUM, _is_fault

# In this order: whoever may close accounts or take seats away comes after those whose they are.
ROLES = ("", "deputy", "officer", "gis", "staff", "admin")
MOST_PAGES = 400
PER_NAME = 2
"""So many pages of one name are looked at: a second object may show other forms."""
ELSEWHERE = re.compile(r"^/(api|static|media|admin|ogc|healthz|readyz|metrics|i18n)|\.\w{2,7}$|format=|/logout/")
LAST = ("signin:end_session", "signin:end_others", "account_logout", "set_language")
"""Names of actions after which nobody is signed in any more, or reads another language."""
LINKS = """() => [...document.querySelectorAll("a[href]")]
    .map((link) => new URL(link.getAttribute("href"), location.href).href)
    .filter((href) => href.startsWith(location.origin))
    .map((href) => href.slice(location.origin.length).split("#")[0])"""
FORMS = """() => [...document.querySelectorAll("#panel form")].map((form, number) => ({
    number, action: new URL(form.getAttribute("action") || location.href, location.href).pathname,
    method: (form.getAttribute("method") || "get").toLowerCase(),
    fields: [...new Set([...form.elements].map((field) => field.name).filter(Boolean))].sort().join(" ")}))"""
FILL = """([number, today]) => {
    const form = document.querySelectorAll("#panel form")[number];
    for (const box of form.querySelectorAll("details")) box.open = true;
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const plausible = {number: "1", email: "somebody@example.org", date: today, "datetime-local": `${today}T09:00`,
        month: today.slice(0, 7), time: "09:00", tel: "13800000000", url: "https://example.org/", text: "一二三"};
    for (const field of form.elements) {
        if (!field.name || field.type === "hidden" || field.disabled || field.readOnly) continue;
        if (field.type === "checkbox") { if (field.required) field.checked = true; }
        else if (field.type === "radio") {
            if (![...form.elements].some((other) => other.name === field.name && other.checked)) field.checked = true;
        } else if (field.tagName === "SELECT") {
            const option = [...field.options].find(({value, disabled}) => value && !disabled);
            if (!field.value && option) option.selected = true;
        } else if (["INPUT", "TEXTAREA"].includes(field.tagName) && !["submit", "button", "file"].includes(field.type)
            && !field.value) {
            field.value = field.min || plausible[field.type] || plausible.text;
            field.dispatchEvent(new Event("input", {bubbles: true}));
        }
    }
}"""
SEND = """(number) => {
    const form = document.querySelectorAll("#panel form")[number];
    const button = form.querySelector("button:not([type=button], [type=reset]):enabled, input[type=submit]:enabled");
    if (!form.noValidate && !form.checkValidity()) return false;
    if (button) button.click(); else form.requestSubmit();
    return true;
}"""
SAID = """() => document.querySelectorAll("#panel [role=alert]:not(:empty), #panel .notice, #panel .error-summary,"
    + ".map-notice:not([hidden]), #panel [role=status]:not(:empty)").length"""
SEEN = f"""() => [location.href, (document.querySelector("#panel") ?? document.body).innerHTML, ({SAID})()]"""
"""The address, what the page shows, and how much of it answers somebody."""
LOOKS, ANSWER_MS, LOOK_EVERY_MS = 5, 10_000, 250
"""A page that is being left is looked at so often; so long is waited for what a form leads to."""
SENT, HELD, GONE = "sent", "held back by the browser", "taken away by an earlier form"


@dataclass(frozen=True)
class Place:
    """A form: the page it stands on, which of that page's, its action and its fields."""

    page: str
    number: int
    action: str
    method: str
    fields: str


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Without a map: it is not what is asked about here, and software draws it slowly."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-3d-apis"]}


def _name(address: str) -> str | None:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def _walk(page: Page) -> Iterator[Place]:
    """Open page after page by the links of those before, and give the forms that were not met yet."""
    queue, opened, met = ["/work/", "/", "/me/"], set(), set()
    counts: dict[str, int] = {}
    while queue and len(opened) < MOST_PAGES:
        address = queue.pop(0)
        name = _name(address)
        if (
            address in opened
            or name is None
            or counts.get(name, 0) >= PER_NAME
            or ELSEWHERE.search(urlsplit(address).path)
        ):
            continue
        opened.add(address)
        counts[name] = counts.get(name, 0) + 1
        try:
            answer = page.goto(address)
        except PlaywrightError as error:
            assert "Download is starting" in str(error), address
            continue
        assert answer is not None and answer.status < 500, f"{address}: {answer and answer.status}"
        queue += page.evaluate(LINKS)
        for form in page.evaluate(FORMS):
            key = _name(form["action"]), form["method"], form["fields"]
            if key not in met:
                met.add(key)
                yield Place(address, form["number"], form["action"], form["method"], form["fields"])


def _seen(page: Page) -> tuple[str, str, int]:
    """What is seen of the page, looked at again where it was just left for another."""
    for look in range(LOOKS):
        try:
            return tuple(page.evaluate(SEEN))
        except PlaywrightError:
            if look == LOOKS - 1:
                raise
            page.wait_for_load_state()
    raise AssertionError


def _send(page: Page, place: Place, today: str) -> str:
    """Fill and send one form; return what is wrong, `SENT`, or `HELD` when the browser wants what is not made up."""
    faults: list[str] = []

    def hear(message: Any) -> None:
        if _is_fault(message.text):
            faults.append(message.text)

    def see(answer: Any) -> None:
        if answer.status >= 500:
            faults.append(f"{answer.status} {answer.url}")

    def thrown(error: Any) -> None:
        faults.append(str(error))

    page.goto(place.page)
    page.on("console", hear)
    page.on("response", see)
    page.on("pageerror", thrown)
    try:
        if len(page.evaluate(FORMS)) <= place.number:
            return GONE
        page.evaluate(FILL, [place.number, today])
        before = _seen(page)
        if not page.evaluate(SEND, place.number):
            return HELD
        page.wait_for_load_state("networkidle")
        for _look in range(ANSWER_MS // LOOK_EVERY_MS):
            page.wait_for_timeout(LOOK_EVERY_MS)
            after = _seen(page)
            if faults or after[:2] != before[:2] or after[2] > before[2]:
                break
        else:
            return "nothing came of it"
        return "; ".join(faults) or SENT
    except PlaywrightError as error:
        return "; ".join([*faults, str(error).splitlines()[0]])
    finally:
        page.remove_listener("console", hear)
        page.remove_listener("response", see)
        page.remove_listener("pageerror", thrown)


@pytest.mark.parametrize("role", ROLES)
def test_every_form_can_be_sent(browser: Browser, browser_context_args: dict[str, Any], sql: Any, role: str) -> None:
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    if role:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(role)
        page.locator("input[name=password]").fill(f"demo-{role}")
        page.locator("form:has(input[name=password]) button").click()
        page.wait_for_url("**/work/")
    today = str(sql("SELECT current_date + 1")[0][0])
    places = sorted(_walk(page), key=lambda place: _name(place.action) in LAST)
    came = {f"{place.page} -> {place.action} ({place.fields})": _send(page, place, today) for place in places}
    context.close()
    counts = {outcome: list(came.values()).count(outcome) for outcome in (SENT, HELD, GONE)}
    sys.stdout.write(f"{role or 'nobody'}: {counts}\n")
    assert {place: outcome for place, outcome in came.items() if outcome not in counts} == {}
    assert counts[SENT] > 3 and counts[SENT] > 0.9 * len(came)
