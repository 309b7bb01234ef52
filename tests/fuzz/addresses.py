"""Every address of the URLconf as a template, with words that lead to real things where the access table has some."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.urls import URLPattern, get_resolver

from tests.architecture.access.foreign.table import rows as foreign_rows
from tests.architecture.access.table import arguments, rows

type Address = tuple[str, dict[str, str]]
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def templates() -> dict[str, list[str]]:
    """The addresses of each route by its name, `/my/{token}/`; a route of the router has two."""
    found: dict[str, list[str]] = {}
    for name, pattern in _walk(get_resolver().url_patterns):
        text = _PARAMETER.sub(lambda match: "{" + (match[1] or match[2]) + "}", pattern)
        found.setdefault(name, []).append(re.sub(r"[\^$\\?]", "", text))
    return found


def addresses(things: dict[str, str]) -> list[Address]:
    """Each row of the access table filled in, and what it does not name with a guess."""
    by_name, known = templates(), _words(things)
    for page, key in admin_pages():
        known["admin:{}_{}_change".format(*page.split("/")[2:4])] = [{"object_id": key}]
    filled: list[Address] = []
    for name, forms in by_name.items():
        for form in forms:
            needed = re.findall(r"\{(\w+)\}", form)
            for words in known.get(name) or [{}]:
                filled.append((form, {key: quote(words.get(key, _guess(key)), safe="") for key in needed}))
    return filled


def admin_pages() -> Iterator[tuple[str, str]]:
    """The list of each model in the administration and the key of a row in it."""
    for model in admin.site._registry:
        key = model._default_manager.values_list("pk", flat=True).first()
        yield f"/admin/{model._meta.app_label}/{model._meta.model_name}/", str(key or 1)


def _walk(patterns: list[Any], before: str = "/", namespace: str = "") -> Iterator[tuple[str, str]]:
    for item in patterns:
        here = before + str(item.pattern)
        if isinstance(item, URLPattern):
            yield f"{namespace}{item.name}", here
        else:
            yield from _walk(item.url_patterns, here, f"{namespace}{item.namespace}:" if item.namespace else namespace)


def _words(things: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    known: dict[str, list[dict[str, str]]] = {}
    pairs = [(route, text) for kind in ("READS", "WRITES") for route, text, _answers in rows(kind)]
    for route, text in pairs + [(row.route, row.words) for row in foreign_rows()]:
        words = arguments(text, things)
        if words not in known.setdefault(route, []):
            known[route].append(words)
    return known


def _guess(name: str) -> str:
    return {"format": "json", "z": "9", "x": "428", "y": "211", "extension": "csv", "suffix": "csv"}.get(name, "1")
