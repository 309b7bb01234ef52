"""Asking one service: bounded answers from one origin, and every failure as a refusal in plain words.

No message has an address in it: it may hold a token.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from io import BytesIO
from time import monotonic
from typing import IO, Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from geokit.fetching.addresses import origin_of
from geokit.fetching.download import NOT_MODIFIED, OK, Bounds, Downloaded, TooLong, download
from geokit.fetching.words import bad_status, no_answer
from geokit.formats.signatures import check_xml
from geokit.refusal import BadInput
from ui.text.cut import cut

PAGE_BYTES = 16 * 1024**2
"""Of one page; what is longer is asked for again in smaller pages."""
PAGE_SECONDS = 90
WHOLE_SECONDS = 30 * 60
MOST_REQUESTS = 5_000
SAID = 200
"""Bytes of the other side's own words that are shown."""
UNREADABLE = (ValueError, RecursionError, ElementTree.ParseError, LookupError)
OWN_WORDS = 400
"""From this status on a service says in its answer what is wrong."""


class PageTooLong(BadInput):
    """One page is longer than is read at once."""

    default_code = "page-too-long"


def unfetched(code: str, message: str) -> BadInput:
    """Return the refusal of a reading that did not succeed, to be raised."""
    return BadInput(message, code=code)


@dataclass
class Client:
    """One reading of one service; counts what it asks, and stops where a reading takes too much."""

    url: str
    allowed: Callable[[str], bool]
    """Tells whether an address is at an inner host, and raises BadInput where it may not be asked."""
    secret: str = field(default="", repr=False)
    passed_as: str = ""
    most_bytes: int = 2 * 1024**3
    asked: int = 0
    received: int = 0
    until: float = field(default_factory=lambda: monotonic() + WHOLE_SECONDS)

    def json(self, url: str, params: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], Message]:
        """Return a JSON object and the answer's headers. Raises BadInput, PageTooLong for a long answer."""
        accept = "application/geo+json, application/json;q=0.9"
        body, answer = self._page(url, params, accept)
        try:
            found = json.loads(body, parse_constant=_refuse_constant)
        except UNREADABLE as error:
            raise unfetched("source-unreadable", _("对方的答复不是完整的 JSON。")) from error
        if not isinstance(found, dict):
            raise unfetched("source-unreadable", _("对方的答复不是完整的 JSON。"))
        return found, answer.headers

    def xml(self, url: str, params: Mapping[str, Any] | None = None) -> Element:
        """Return the root of an XML document without a DTD. Raises BadInput as above."""
        body, _answer = self._page(url, params, "application/xml, text/xml;q=0.9, */*;q=0.1")
        check_xml(iter([body]), _("对方的答复"))
        try:
            return ElementTree.fromstring(body)  # noqa: S314 - without entities, see the line above
        except UNREADABLE as error:
            raise unfetched("source-unreadable", _("对方的答复不是完整的 XML。")) from error

    def body(self, url: str, params: Mapping[str, Any]) -> bytes:
        """Return an answer as it is."""
        return self._page(url, params, "*/*")[0]

    def file(self, sink: IO[bytes], headers: Mapping[str, str]) -> Downloaded:
        """Download what is at the address itself; 304 comes back as it is. Raises BadInput."""
        return self._ask(self.url, sink, self.most_bytes, headers, self._left())

    def _page(self, url: str, params: Mapping[str, Any] | None, accept: str) -> tuple[bytes, Downloaded]:
        sink = BytesIO()
        address = with_params(url, params) if params else url
        answer = self._ask(address, sink, PAGE_BYTES, {"Accept": accept}, min(PAGE_SECONDS, self._left()))
        return sink.getvalue(), answer

    def _left(self) -> float:
        left = self.until - monotonic()
        if left <= 0:
            raise unfetched("source-too-slow", _("取了半个小时还没有取完，已停止。"))
        return left

    def _ask(self, url: str, sink: IO[bytes], most: int, headers: Mapping[str, str], seconds: float) -> Downloaded:
        if origin_of(url) != origin_of(self.url):
            raise unfetched("source-elsewhere", _("对方给出的下一页在另一个主机上，没有去取。"))
        inner = self.allowed(url)
        self.asked += 1
        if self.asked > MOST_REQUESTS:
            raise unfetched("source-too-many-pages", _("页数太多，已停止。"))
        try:
            answer = download(self._opened(url), sink, Bounds(most, seconds), self._shown(headers), inner=inner)
        except TooLong as error:
            raise PageTooLong(no_answer(error, "")) from error
        except OSError as error:
            raise unfetched("source-no-answer", no_answer(error, urlsplit(self.url).hostname or "")) from error
        self.received += answer.size
        if self.received > self.most_bytes:
            raise unfetched("source-too-large", _("数据太大，超过了上传文件的上限，已停止。"))
        if answer.status not in (OK, NOT_MODIFIED):
            raise unfetched("source-status", self._explain(answer))
        return answer

    def words(self, text: str) -> str:
        """One line of the other side's words, cut, without the token where it repeats the request."""
        return plain_words(masked(text, self.secret))

    def _explain(self, answer: Downloaded) -> str:
        said = self.words(words_of(answer.said)) if answer.status >= OWN_WORDS else ""
        return " ".join(filter(None, (bad_status(answer.status), said)))

    def _opened(self, url: str) -> str:
        return with_params(url, {self.passed_as: self.secret}) if self.secret and self.passed_as else url

    def _shown(self, headers: Mapping[str, str]) -> dict[str, str]:
        said = {"User-Agent": "geo-portal", **headers}
        return said | {"Authorization": f"Bearer {self.secret}"} if self.secret and not self.passed_as else said


def with_params(url: str, params: Mapping[str, Any]) -> str:
    """Return `url` with parameters in the place of those of the same name, in whatever case."""
    parts = urlsplit(url)
    names = {name.lower() for name in params}
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0].lower() not in names]
    return urlunsplit(parts._replace(query="&".join([*kept, urlencode(params)]), fragment=""))


def masked(text: str, secret: str) -> str:
    """Return `text` with an ellipsis for the secret, also as it stands in an address."""
    for form in sorted({secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}, key=len, reverse=True):
        if form:
            text = re.sub(re.escape(form), "…", text, flags=re.IGNORECASE)
    return text


def words_of(body: bytes) -> str:
    """The sentence in an error of a service: the text of XML, or `detail`, `description`, `message` of JSON."""
    try:
        if body.lstrip().startswith(b"<"):
            check_xml(iter([body]), "")
            root = ElementTree.fromstring(body)  # noqa: S314 - without entities, see the line above
            return " ".join(root.itertext())
        found = json.loads(body)
        texts = [found.get(name) for name in ("detail", "description", "message", "title")]
        return next((text for text in texts if isinstance(text, str)), "")
    except (*UNREADABLE, AttributeError, BadInput):
        return ""


def plain_words(text: str) -> str:
    """One line of the other side's words, without control characters, cut."""
    return cut(" ".join("".join(one if one.isprintable() else " " for one in text).split()), SAID)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
