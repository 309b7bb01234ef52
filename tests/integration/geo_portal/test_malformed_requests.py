"""Every address, asked with what nobody should send, by people of several roles: refused or answered, never a fault.

The requests are drawn with a fixed seed from poisoned parts of paths, query values for every name that the rooms read,
fields of the real forms, and JSON bodies. `FUZZ_REQUESTS` in the environment asks for more of them.
"""

import json
import os
import random
import re
import traceback
from collections import Counter
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from tests.architecture.access.table import arguments, rows
from tests.architecture.access.things import loaded_layers, things  # noqa: F401 - fixtures

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "3000"))
SEED = 20261128
ROOT = Path(__file__).parents[3]
ROOMS = ("accounts", "geo_portal", "inspections", "layers", "ledger", "projects", "reporting", "river_monitoring",
         "stations", "supervision", "tiles", "ui")  # fmt: skip
TEXTS = [
    "\0", "a\0b", "\x07", "\x1b[0m", "\x7f", "\u202e\ufeff", "１２３", "٣", "²", "①", "𝟙", "-1", "0", "2147483648",
    "9223372036854775808", "1" * 30, "9" * 5000, "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-inf", "", " ", "'",
    '"', "<script>", "{{7*7}}", "..", "%", "%s", "%(a)s", "[]", "{}", "null", "true", "1;2", ",", ",,,", "_" * 300,
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-13", "0000-01", "9999-12", "0000",
    "10000", "0", "1949", "2026-W54", "2026-Q5", "２０２６-０１",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00+99:99", "0001-01-01T00:00", "9999-12-31T23:59", "24:00", "25:61",
    "1,2,3", "181,91,182,92", "nan,nan,nan,nan", "121,29,inf,30", "121.3,29.8,121.4,29.9", "POINT(nan nan)",
    "POINT EMPTY", "POINT(1e400 0)", "SRID=999999;POINT(1 2)", "SRID=4326;POINT(1 2 3)", "class >= 5", "((((((((a",
    "a = '\0'", '{"type":"Point","coordinates":[]}', '{"type":"Point","coordinates":["a",1e400]}', "(" * 500,
    '{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}', "[" * 5000, "x" * 20_000, "\r\nSet-Cookie: a=b",
]  # fmt: skip
BYTES = [b"\xff", b"\xed\xa0\x80", b"%", b"%zz", b"\xc0\x80"]
VALUES = [None, True, 0, -1, 10**30, 1.5, "", [], {}, [[]], [None], {"a": []}, *TEXTS]
RAW_BODIES = [
    b"", b"[]", b"{}", b"null", b"1", b'"x"', b"[[]]", b"NaN", b"Infinity", b"1e400", b"{", b"\xff\xfe", b"\0",
    b'{"a":NaN}', b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b'{"\\u0000":"\\u0000"}', b'{"a":"\\ud800"}',
]  # fmt: skip
METHODS = ("get", "get", "get", "head", "options", "put", "patch", "delete", "trace")
QUERY_NAME = re.compile(r"""(?:GET|query_params|query)(?:\.get(?:list)?\(|\[)\s*["']([\w-]+)["']""")
FIELD_NAME = re.compile(r"""^    ([a-z]\w*) = (?:forms\.|django_filters\.|serializers\.|\w*(?:Field|Filter)\()""", re.M)
INPUT_NAME = re.compile(r"""<(?:input|select|textarea)[^>]*\sname=["']([^"']+)["']""")


def _names_in_source(pattern):
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return sorted({name for file in files for name in pattern.findall(file.read_text(encoding="utf-8"))})


QUERY_NAMES = _names_in_source(QUERY_NAME)
FIELD_NAMES = _names_in_source(FIELD_NAME)


class Fuzzer:
    """Draws requests and keeps the faults that they cause, one example for each place in the code."""

    def __init__(self, clients, addresses, draw):
        self.clients = clients
        self.addresses = addresses
        self.draw = draw
        self.faults = {}
        self.statuses = Counter()
        self.forms = {}

    def run(self, requests):
        for number in range(requests):
            if number % 200 == 0:
                cache.clear()  # or the limits on requests would answer for everybody
            kind = self.draw.choice(
                (self._path, self._query, self._query, self._form, self._form, self._json, self._method)
            )
            kind(self.draw.choice(self.clients), *self.draw.choice(self.addresses))

    def _path(self, client, template, values):
        spoilt = dict(values)
        if spoilt:
            spoilt[self.draw.choice(list(spoilt))] = self._poison()
        path = template.format(**spoilt) if spoilt else template + self._poison()
        self._send(client, self.draw.choice(METHODS), path)

    def _query(self, client, template, values):
        names = [self.draw.choice((*QUERY_NAMES, *FIELD_NAMES)) for _ in range(self.draw.choice((1, 1, 2, 6)))]
        query = "&".join(f"{name}={self._poison()}" for name in names)
        self._send(client, "get", template.format(**values) + "?" + query)

    def _form(self, client, template, values):
        path = template.format(**values)
        names = self._fields_of(client, path)
        given = {name: self.draw.choice(TEXTS) for name in names if self.draw.random() < 0.8}
        self._send(client, "post", path, data=given)

    def _fields_of(self, client, path):
        key = id(client), path
        if key not in self.forms:
            page = self._send(client, "get", path)
            found = INPUT_NAME.findall(page.content.decode(errors="replace")) if page and not page.streaming else []
            self.forms[key] = sorted(set(found) - {"csrfmiddlewaretoken"})
        return self.forms[key] or self.draw.sample(FIELD_NAMES, 8)

    def _json(self, client, template, values):
        body = self.draw.choice(RAW_BODIES)
        if self.draw.random() < 0.7:
            names = self.draw.sample((*FIELD_NAMES, "value", "items", "geometry"), 12)
            body = json.dumps({name: self.draw.choice(VALUES) for name in names}).encode()
        method = self.draw.choice(("post", "post", "put", "patch"))
        self._send(client, method, template.format(**values), data=body, content_type="application/json")

    def _method(self, client, template, values):
        headers = {"accept": self.draw.choice(("application/json", "text/html", "*/*;q=\0", "x" * 500)),
                   "if-none-match": self._poison(),
                   "if-modified-since": self.draw.choice(TEXTS[5:]), "range": "bytes=9-1,-0",
                   "accept-language": self.draw.choice(("xx", "en;q=NaN", "*", "x" * 5000)), "hx-request": "true",
                   "hx-current-url": self._poison()}  # fmt: skip
        self._send(client, self.draw.choice(METHODS), template.format(**values), headers=headers)

    def _poison(self):
        if self.draw.random() < 0.1:
            return quote_from_bytes(self.draw.choice(BYTES))
        return quote(self.draw.choice(TEXTS), safe="")

    def _send(self, client, method, path, **more):
        """Ask within a savepoint that is undone, so that one request's writes never reach another."""
        try:
            with transaction.atomic():
                response = getattr(client, method)(path, **more)
                transaction.set_rollback(True)
        except Exception as error:
            self._note(error, method, path, more)
            return None
        self.statuses[response.status_code] += 1
        if response.status_code >= 500 and response.status_code != 503:
            self.faults.setdefault(f"{response.status_code} {path.split('?')[0]}", f"{method} {path[:300]}")
        return response

    def _note(self, error, method, path, more):
        frames = traceback.extract_tb(error.__traceback__)
        ours = [
            f for f in frames if ".venv" not in f.filename and "/tests/" not in f.filename and "/lib/" not in f.filename
        ]
        place = ours[-1] if ours else frames[-1]
        key = f"{type(error).__name__} {place.filename.removeprefix(str(ROOT))}:{place.lineno}"
        if not ours:
            key += " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-4:-1])
        self.faults.setdefault(key, f"{str(error)[:200]!r} at {method} {path[:200]} {str(more)[:300]}")


@pytest.fixture
def addresses(things):  # noqa: F811
    """Every route of the table and of the administration, as a template with the words that fill it."""
    found = [_template(route, arguments(text, things)) for route, text, _answers in rows("READS") if "RUN" not in text]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [_template(f"{name}_changelist", {}), _template(f"{name}_add", {})]
        found.append(_template(f"{name}_change", {"object_id": "1"}))
    return found


def _template(route, arguments):
    """Return the address with ``{name}`` for each argument, and the arguments quoted."""
    path = reverse(route, kwargs=arguments)
    for name, value in sorted(arguments.items(), key=lambda pair: -len(pair[1])):
        head, _value, tail = path.rpartition(quote(value))
        path = f"{head}{{{name}}}{tail}"
    return path, {name: quote(value) for name, value in arguments.items()}


@pytest.fixture
def clients(as_user, things, deputy, officer, gis, staff, admin_user):  # noqa: F811
    return [as_user(person) for person in (None, deputy, officer, gis, staff, admin_user)]


def test_no_malformed_request_is_a_fault(clients, addresses):
    fuzzer = Fuzzer(clients, addresses, random.Random(SEED))
    fuzzer.run(REQUESTS)
    assert len(fuzzer.statuses) > 5, fuzzer.statuses
    assert not fuzzer.faults, "\n".join(f"{key}: {example}" for key, example in fuzzer.faults.items())
