"""A walk over the URLconf: names of routes, and which of them write."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.access.table import FOREIGN

WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def routes() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and view of every route that is ours."""
    for name, view in _walk(get_resolver().url_patterns):
        if not name.startswith(FOREIGN):
            yield name, view


def all_names() -> set[str]:
    return {name for name, _view in _walk(get_resolver().url_patterns)}


def _walk(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern.callback


def addresses(patterns: list[URLPattern | URLResolver] | None = None, before: str = "/") -> Iterator[str]:
    """The pattern of every address, as the URLconf writes it: `/my/<secret:token>/`."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(item.pattern)
        if isinstance(item, URLPattern):
            yield here
        else:
            yield from addresses(item.url_patterns, here)


def methods_of(view: Callable[..., Any]) -> set[str] | None:
    """The methods that a view takes: of a viewset its actions, of a class its handlers, of a function the list of
    `require_http_methods`. None where nothing narrows them."""
    if (actions := getattr(view, "actions", None)) is not None:
        return {method.upper() for method in actions}
    if (made_of := getattr(view, "cls", None) or getattr(view, "view_class", None)) is not None:
        return {name.upper() for name in made_of.http_method_names if hasattr(made_of, name)}
    step: Any = view
    while step is not None:
        for cell in getattr(step, "__closure__", None) or ():
            content = cell.cell_contents
            if isinstance(content, list | tuple) and content and all(_is_method(word) for word in content):
                return set(content)
        step = getattr(step, "__wrapped__", None)
    return None


def _is_method(word: object) -> bool:
    return word in {"GET", "HEAD", "OPTIONS", *WRITING}
