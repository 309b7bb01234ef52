"""For tests of what is committed: the caches as a fresh process has them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from accounts.models import User
from tiles.cache.change_log import CHANGE_LOG
from tiles.cache.lookup import FILTERED_MEMORY, RENDER_TIMES
from tiles.cache.memory import MEMORY
from tiles.cache.metrics import COUNTS
from tiles.http.fast_path import FastPath


@pytest.fixture
def fresh_process() -> Iterator[None]:
    """Nothing in memory, nothing in the shared store, counters at zero."""
    for kept in (MEMORY, FILTERED_MEMORY, RENDER_TIMES, caches["tiles"]):
        kept.clear()
    COUNTS.update(dict.fromkeys(COUNTS, 0))
    yield
    CHANGE_LOG.close()


class Site:
    """Asks the WSGI application as a server does."""

    def __init__(self) -> None:
        self.application = FastPath(WSGIHandler())

    def get(self, path: str, cookies: str = "", method: str = "GET", **headers: str) -> Any:
        environ = Client()._base_environ(PATH_INFO=path.partition("?")[0], REQUEST_METHOD=method)
        environ["QUERY_STRING"] = path.partition("?")[2]
        environ["HTTP_HOST"] = "testserver"
        # There is no socket here: a client that is said to have one would be taken for gone, and its query cancelled
        # (503) whenever it runs longer than the tenth of a second after which `disconnects` looks.
        del environ["REMOTE_ADDR"]
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if cookies:
            environ["HTTP_COOKIE"] = cookies
        else:
            environ.pop("HTTP_COOKIE", None)
        answer = Answer()
        answer.body = b"".join(self.application(environ, answer))
        return answer


class Answer:
    """Status, headers and body of an answer."""

    body = b""

    def __call__(self, status: str, headers: list[tuple[str, str]], *more: Any) -> None:
        self.status = int(status[:3])
        self.headers = {name.lower(): value for name, value in headers}
        assert len(self.headers) == len(headers), "a header twice"


@pytest.fixture
def site(fresh_process: None) -> Site:
    return Site()


@pytest.fixture
def cookies_of(as_user: Callable[[User], Client]) -> Callable[[User], str]:
    """Return the Cookie header of somebody who has just signed in."""

    def sign_in(user: User) -> str:
        return "; ".join(f"{name}={morsel.value}" for name, morsel in as_user(user).cookies.items())

    return sign_in
