"""What allauth's providers ask other programs, over our own HTTPS: no proxy, no redirect, a bounded answer.

The shape is that of `requests.Session`, as far as the providers use it. No error has an address or an answer in it:
both may hold a code or a token.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from requests import RequestException
from requests.auth import HTTPBasicAuth

from geokit.fetching import https


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """Return what the answer holds as UTF-8, which it is whatever its head says. Raises RequestException."""
        try:
            return json.loads(self.content)
        except ValueError as error:
            raise RequestException("not JSON") from error

    def raise_for_status(self) -> None:
        """Raises RequestException for anything but a success."""
        if not 200 <= self.status_code < 300:
            raise RequestException(f"HTTP {self.status_code}")


class Session:
    """Asks over HTTPS, also within the network of the machine: every host is fixed here, or named by the operator."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def get(self, url: str, **kwargs: Any) -> Answer:
        return self.request("GET", url, **kwargs)

    def request(self, method: str, url: str, **given: Any) -> Answer:
        """Return the answer. `given`: params, data (a form or text), json, headers, auth. Raises RequestException."""
        headers, body = _said(given)
        address = f"{url}?{urlencode(given['params'])}" if given.get("params") else url
        if isinstance(auth := given.get("auth"), HTTPBasicAuth):
            headers["Authorization"] = _basic(auth)
        try:
            status, content = https.ask(method, address, headers, body, inner=True)
        except OSError as error:
            raise RequestException(type(error).__name__) from error
        return Answer(status, content, {"content-type": "application/json"})


def _said(given: Mapping[str, Any]) -> tuple[dict[str, str], bytes | None]:
    """Head and body of a request."""
    headers = dict(given.get("headers") or {})
    if (value := given.get("json")) is not None:
        return headers | {"Content-Type": "application/json"}, json.dumps(value).encode()
    data = given.get("data")
    if isinstance(data, str):
        return headers, data.encode()
    if data:
        return headers | {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(data).encode()
    return headers, None


def _basic(auth: HTTPBasicAuth) -> str:
    head: dict[str, str] = {}

    class _Request:
        headers = head

    auth(_Request())  # type: ignore[arg-type]  # it writes into the headers and looks at nothing else
    return head["Authorization"]
