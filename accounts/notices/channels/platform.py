"""Programs that are asked with an access token of some hours: DingTalk, WeCom, WeChat and Feishu.

A token is fetched with the application's own secret, kept in this process, and fetched anew once when the other side
calls it stale. No error has an address, a token or a secret in it.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from accounts.notices.channels.base import NotDelivered, verdict
from geokit.fetching import https

EARLIER = 300
"""Seconds before its end at which a token is not used any more."""
_kept: dict[tuple[str, ...], tuple[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Platform:
    """What the numbers of one program's answers mean."""

    fetch: Callable[[Mapping[str, str]], dict[str, Any]]
    """Ask for a token with the operator's variables; the answer as it came."""
    stale: frozenset[int]
    """The token is over."""
    gone: frozenset[int]
    """Nobody is there: a wrong user, or one who has left or refuses."""
    never: frozenset[int] = frozenset()
    """What will be refused in an hour too."""
    bearer: bool = False
    """Whether the token goes into a header, and errors come with a status of their own: Feishu."""

    def post(self, given: Mapping[str, str], url: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post with a token and return the answer. Raises UnknownAddress, NeverDelivered, NotDelivered, OSError."""
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}

        def post(token: str) -> tuple[int, bytes]:
            if self.bearer:
                return https.post(url, {**headers, "Authorization": f"Bearer {token}"}, content)
            return https.post(f"{url}?{urlencode({'access_token': token})}", headers, content)

        return self._with_token(given, post)

    def get(self, given: Mapping[str, str], url: str, **query: str) -> dict[str, Any]:
        """Read with a token in the address and return the answer. Raises the same."""
        return self._with_token(given, lambda token: https.get(f"{url}?{urlencode({'access_token': token, **query})}"))

    def token(self, given: Mapping[str, str]) -> str:
        """Return a token that is good now; fetched only where none is kept. Raises the same."""
        return self._token(tuple(given.values()), given)

    def _with_token(self, given: Mapping[str, str], send: Callable[[str], tuple[int, bytes]]) -> dict[str, Any]:
        key = tuple(given.values())
        said = read(send(self._token(key, given)), self.bearer)
        if number_of(said) in self.stale:
            _kept.pop(key, None)
            said = read(send(self._token(key, given)), self.bearer)
        self._judge(said)
        return said

    def _token(self, key: tuple[str, ...], given: Mapping[str, str]) -> str:
        token, until = _kept.get(key, ("", 0.0))
        if time.monotonic() < until:
            return token
        said = self.fetch(given)
        self._judge(said)
        fresh, lasts = said.get("access_token"), said.get("expires_in")
        if not isinstance(fresh, str) or not isinstance(lasts, int):
            raise NotDelivered("no token in the answer")
        _kept[key] = (fresh, time.monotonic() + lasts - EARLIER)
        return fresh

    def _judge(self, said: dict[str, Any]) -> None:
        if number := number_of(said):
            raise verdict(number, self.gone, self.never)(f"errcode {number}")


def number_of(said: dict[str, Any]) -> int:
    """The number of an error; 0 for none, -1 for one that is no number. DingTalk's 88 hides it in `sub_code`, Feishu's
    stands in `code`."""
    try:
        number = int(said.get("errcode", said.get("code", 0)))
        return int(said.get("sub_code", number)) if number == 88 else number
    except (TypeError, ValueError):
        return -1


def read(answer: tuple[int, bytes], any_status: bool = False) -> dict[str, Any]:
    """Return the object of an answer. Raises NotDelivered where there is none, or where its status is an error's."""
    status, content = answer
    try:
        said = json.loads(content)
    except ValueError:
        raise NotDelivered(f"HTTP {status}") from None
    if not isinstance(said, dict) or not (any_status or 200 <= status < 300):
        raise NotDelivered(f"HTTP {status}")
    return said
