"""Draws requests from a seed, sends them, and keeps one example of each fault."""

import json
import random
import traceback
from collections import Counter
from collections.abc import Callable
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, quote_from_bytes, urljoin

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from tests.architecture.access.foreign.row import Foreign
from tests.fuzz import poison
from tests.fuzz.addresses import Address, admin_pages
from tests.fuzz.forms import Form, forms_of

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "POST", "PROPFIND", "get", "\u00c4")
READING = ("GET", "HEAD", "OPTIONS", "TRACE")


class Fuzzer:
    """`new_client(name)` is a fresh client of one of `people`; `valid` are forms that would be taken as they are."""

    def __init__(
        self,
        people: list[str],
        new_client: Callable[..., Client],
        addresses: list[Address],
        valid: list[tuple[Foreign, str, dict[str, Any]]],
        seed: int,
    ) -> None:
        self.people, self.new_client, self.addresses, self.valid = people, new_client, addresses, valid
        self.draw = random.Random(seed)
        self.admin_pages = list(admin_pages())
        self.forms: dict[tuple[str, str], list[Form]] = {}
        self.faults: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()
        self.away: dict[str, str] = {}

    def run(self, requests: int, seconds: float = inf) -> int:
        """Send so many, or as many as so many seconds allow; how many were drawn."""
        kinds = (self._path, self._query, self._query, self._form, self._form, self._form, self._valid, self._valid,
                 self._json, self._method, self._head, self._body, self._admin, self._admin)  # fmt: skip
        until = monotonic() + seconds
        for number in range(requests):
            if monotonic() > until:
                return number
            if number % 50 == 0:
                cache.clear()  # or the limits on requests would answer for everybody
            self.draw.choice(kinds)(self.draw.choice(self.people), *self.draw.choice(self.addresses))
        return requests

    def report(self) -> str:
        return "\n".join(f"{key}: {example}" for key, example in self.faults.items())

    def _path(self, who: str, template: str, values: dict[str, str]) -> None:
        spoilt = dict(values)
        if spoilt:
            spoilt[self.draw.choice(list(spoilt))] = self._quoted()
        path = template.format(**spoilt) if spoilt else template + self._quoted()
        self.send(who, self.draw.choice(METHODS), path)

    def _query(self, who: str, template: str, values: dict[str, str]) -> None:
        names = [
            self.draw.choice((*poison.QUERY_NAMES, *poison.FIELD_NAMES)) for _ in range(self.draw.choice((1, 2, 6)))
        ]
        query = "&".join(f"{name}={self._quoted()}" for name in names)
        self.send(who, "GET", template.format(**values) + "?" + query)

    def _form(self, who: str, template: str, values: dict[str, str]) -> None:
        path = template.format(**values)
        if not (forms := self._forms_at(who, path)):
            names = self.draw.sample(poison.FIELD_NAMES, 8)
            return self._post(who, path, {name: self._text() for name in names}, [])
        form = self.draw.choice(forms)
        given = {name: self.draw.choice(choices) for name, choices in form.fields.items() if self.draw.random() < 0.95}
        target = urljoin(path, form.action)
        if form.method == "get":
            query = "&".join(f"{quote(name)}={quote(value)}" for name, value in given.items())
            return self._send_spoilt_query(who, target, query, list(form.fields))
        return self._post(who, target, self._spoilt(given), form.files)

    def _send_spoilt_query(self, who: str, target: str, query: str, own: list[str]) -> None:
        """One of its own fields given once more, of which the last counts, or one that it has not."""
        name = self.draw.choice(own if self.draw.random() < 0.7 else poison.QUERY_NAMES)
        self.send(who, "GET", f"{target.partition('?')[0]}?{query}&{quote(name)}={self._quoted()}")

    def _valid(self, _who: str, _template: str, _values: dict[str, str]) -> None:
        row, path, form = self.draw.choice(self.valid)
        who = row.rightful if self.draw.random() < 0.8 else _who
        if row.json:
            body = self._spoilt(form, poison.VALUES)
            self.send(who, "POST", path, json.dumps(body).encode(), "application/json")
        else:
            self._post(who, path, self._spoilt(form), [])

    def _post(self, who: str, path: str, given: dict[str, Any], files: list[str]) -> None:
        for name in files:
            if self.draw.random() < 0.7:
                file_name, content = self.draw.choice(poison.FILES)
                given[name] = SimpleUploadedFile("x", content)
                given[name]._name = file_name  # as it is sent; setting it would make it harmless
        given = {name: _storable(value) for name, value in given.items()}
        self._ask(who, "POST", path, lambda client, more: client.post(path, given, **more), str(given))

    def _forms_at(self, who: str, path: str) -> list[Form]:
        if (who, path) not in self.forms:
            page = self.send(who, "GET", path)
            is_page = page is not None and not page.streaming and "html" in page.get("Content-Type", "")
            found = forms_of(page.content.decode(errors="replace")) if is_page and page else []
            self.forms[who, path] = [form for form in found if form.fields and "/i18n/" not in form.action]
        return self.forms[who, path]

    def _json(self, who: str, template: str, values: dict[str, str]) -> None:
        body = self.draw.choice(poison.RAW_BODIES)
        if self.draw.random() < 0.7:
            names = self.draw.sample((*poison.FIELD_NAMES, "value", "items", "geometry"), 12)
            body = json.dumps({name: self.draw.choice(poison.VALUES) for name in names}).encode()
        self.send(who, self.draw.choice(("POST", "POST", "PUT", "PATCH")), template.format(**values), body)

    def _method(self, who: str, template: str, values: dict[str, str]) -> None:
        self.send(who, self.draw.choice(METHODS), template.format(**values))

    def _head(self, who: str, template: str, values: dict[str, str]) -> None:
        names = ("accept", "accept-language", "accept-encoding", "if-none-match", "if-modified-since", "range",
                 "cookie",
                 "authorization", "referer", "origin", "x-csrftoken", "x-forwarded-for", "x-forwarded-proto", "host",
                 "hx-request", "hx-current-url", "hx-target", "content-length", "x-requested-with", "user-agent",
                 "idempotency-key", "x-http-method-override", "if-match", "x-forwarded-host")  # fmt: skip
        odd = ("*/*;q=\0", "en;q=NaN", "Token \0", "Token x", "Basic %%%", "Bearer \xe9", "bytes=9-1,-0", 'W/"',
               "gzip;q=x", "sessionid=\0", "sessionid=x; sessionid=y", "messages=x", "messages=[[0]]",
               "django_language=%00",
               "csrftoken=x", "application/json;version=9", "text/csv", *poison.TEXTS[:20])  # fmt: skip
        headers = {name: _as_sent(self.draw.choice(odd)) for name in self.draw.sample(names, 3)}
        method = self.draw.choice(("GET", "GET", "POST", "OPTIONS"))
        self.send(who, method, template.format(**values), headers=headers)

    def _body(self, who: str, template: str, values: dict[str, str]) -> None:
        """A body that is not of the kind it says."""
        field = self.draw.choice(poison.FIELD_NAMES).encode()
        body = self.draw.choice((*poison.RAW_BODIES, *(part.replace(b"%s", field) for part in poison.PARTS)))
        kind = self.draw.choice(
            (*poison.CONTENT_TYPES, "multipart/form-data; boundary=b", "multipart/form-data; boundary=b")
        )
        self.send(who, self.draw.choice(("POST", "POST", "PUT", "PATCH")), template.format(**values), body, kind)

    def _admin(self, who: str, _template: str, _values: dict[str, str]) -> None:
        """The administration's lists and forms, mostly by an administrator."""
        who = "admin" if self.draw.random() < 0.9 else who
        page, key = self.draw.choice(self.admin_pages)
        if (kind := self.draw.random()) < 0.6:
            query = "&".join(f"{self._admin_word(page)}={self._quoted()}" for _ in range(self.draw.choice((1, 1, 2))))
            ending = self.draw.choice(
                ("", "", "", "add/", f"{key}/change/", f"{key}/history/", f"{key}/delete/", "a%00/change/")
            )
            self.send(who, "GET", page + ending + "?" + query)
        elif kind < 0.8:
            action = {"action": self.draw.choice(("delete_selected", "", self._text())), "index": self._text(),
                      "_selected_action": self._text(), "select_across": self._text()}  # fmt: skip
            self._post(who, page, action, [])
        else:
            self._form(who, page + self.draw.choice(("add/", f"{key}/change/", "")), {})

    def _admin_word(self, page: str) -> str:
        if self.draw.random() < 0.4:
            return self.draw.choice(poison.ADMIN_WORDS)
        from django.apps import apps

        model = apps.get_model(*page.strip("/").split("/")[1:])
        names = [field.name for field in model._meta.get_fields()]
        return self.draw.choice(names) + self.draw.choice(poison.LOOKUPS)

    def _text(self) -> str:
        return self.draw.choice(poison.TEXTS)

    def _quoted(self) -> str:
        if self.draw.random() < 0.1:
            return quote_from_bytes(self.draw.choice(poison.BYTES))
        return quote(self._text(), safe="", errors="surrogatepass")

    def _spoilt(self, form: dict[str, Any], values: list[Any] = poison.TEXTS) -> dict[str, Any]:
        """One or two of its fields hold something else, seldom all."""
        names = list(form)
        count = len(names) if self.draw.random() < 0.1 else min(len(names), self.draw.choice((1, 1, 2)))
        return form | {name: self.draw.choice(values) for name in self.draw.sample(names, count)}

    def send(
        self,
        who: str,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Any:
        def ask(client: Client, more: dict[str, Any]) -> Any:
            return client.generic(method, path, body, kind, headers=more.pop("headers", {}) | (headers or {}), **more)

        return self._ask(who, method, path, ask, f"{kind} {body[:200]!r} {headers or ''}")

    def _ask(self, who: str, method: str, path: str, ask: Callable[[Client, dict[str, Any]], Any], said: str) -> Any:
        """Ask within a savepoint that is undone, so that one request's writes never reach another."""
        more = {"headers": {"accept-language": "en"}} if self.draw.random() < 0.2 else {}
        example = f"{who} {method} {path[:300]} {said[:400]}"
        try:
            with transaction.atomic():
                response = ask(self.new_client(who), more)
                self._read(response)
                if method not in READING and response.status_code < 400:
                    connection.check_constraints()  # what a commit would find
                transaction.set_rollback(True)
        except Exception as error:
            self._note(error, example)
            return None
        self.statuses[response.status_code] += 1
        if response.status_code == 503:
            self.away.setdefault(path.partition("?")[0], example)
        elif response.status_code >= 500:
            self.faults.setdefault(f"{response.status_code} {path.partition('?')[0][:100]}", example)
        return response

    def _read(self, response: Any) -> None:
        if response.streaming:
            for _part in response:
                pass

    def _note(self, error: Exception, example: str) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f for f in frames if not any(part in f.filename for part in (".venv", "/tests/", "/lib/"))]
        place = ours[-1] if ours else frames[-1]
        key = f"{type(error).__name__} {place.filename.removeprefix(str(poison.ROOT))}:{place.lineno}"
        if not ours:
            key += " < " + " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames[-5:-1])
        self.faults.setdefault(key, f"{str(error)[:200]!r} at {example}")


def _as_sent(value: str) -> str:
    """What a server hands on of a header: its bytes as latin-1, without what none lets through."""
    return value.encode(errors="surrogatepass").decode("latin-1").replace("\0", "").replace("\n", "").replace("\r", "")


def _storable(value: Any) -> Any:
    """A lone surrogate cannot be sent in a form; its bytes can."""
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value.encode(errors="surrogatepass").decode(errors="replace") if isinstance(value, str) else value
