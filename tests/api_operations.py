"""What `/api/schema/` promises of an answer, held against one that a test got."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import requests
import schemathesis
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response


def check_answer(method: str, path: str, answer: HttpResponse) -> None:
    """Raise AssertionError for an answer of the API that its description does not allow."""
    operation = operation_of(method, path)
    if operation is None or answer.streaming:
        return
    described = operation.definition.raw["responses"]
    status = str(answer.status_code)
    assert status in described or "default" in described, f"{method} {path}: {status} is not described"
    content = described.get(status, described.get("default")).get("content") or {}
    kind = answer.get("Content-Type", "").partition(";")[0]
    is_nothing = not content and not answer.content
    assert kind in content or is_nothing, f"{method} {path} {status}: {kind}, not {[*content]}"
    try:
        operation.validate_response(_as_seen(method, path, answer))
    except (Failure, FailureGroup) as error:
        raise AssertionError(f"{method} {path} {status}: {error}\n{answer.content[:2000]!r}") from error


def operation_of(method: str, path: str) -> Any:
    """The described operation at an address; None for an address or method that is not described."""
    return next((found for pattern, found in _operations().get(method.lower(), ()) if pattern.fullmatch(path)), None)


@cache
def described() -> list[Any]:
    """Every operation of the description."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    return [found.ok() for found in schema.get_all_operations()]


@cache
def _operations() -> Mapping[str, list[tuple[re.Pattern[str], Any]]]:
    """By method the operations with patterns of their addresses, plain addresses before those with parameters."""
    found: dict[str, list[tuple[re.Pattern[str], Any]]] = {}
    for operation in sorted(described(), key=lambda one: one.path.count("{")):
        pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(operation.path)))
        found.setdefault(operation.method.lower(), []).append((pattern, operation))
    return found


def _as_seen(method: str, path: str, answer: HttpResponse) -> Response:
    headers = {name.lower(): [value] for name, value in answer.headers.items()}
    asked = requests.Request(method, f"http://testserver{path}").prepare()
    return Response(answer.status_code, headers, answer.content, asked, elapsed=0, verify=False)
