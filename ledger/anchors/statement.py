"""What an anchor says, as the bytes that are signed. Plain Python: a receiver needs no more to check it."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

KIND = "geo-portal-anchor-1"


class Unreadable(ValueError):
    """No statement of ours."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Where the chain of `site` stood; `previous` is the SHA-256 (hex) of the statement before, "" for the first."""

    site: str
    at: datetime
    link: int
    links: int
    head: str
    previous: str

    def text(self) -> str:
        """Canonical JSON: keys in order, no blanks, ASCII only."""
        said = {
            "kind": KIND,
            "site": self.site,
            "at": self.at.isoformat(),
            "link": self.link,
            "links": self.links,
            "head": self.head,
            "previous": self.previous,
        }
        return json.dumps(said, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 (hex) of a statement: what the next one names as the one before."""
    return sha256(text.encode()).hexdigest()


def parsed(text: str) -> Statement:
    """Read a statement back; raises Unreadable for anything that is not one to the letter."""
    try:
        said: dict[str, Any] = json.loads(text)
        if said.pop("kind") != KIND:
            raise Unreadable("another kind of statement")
        found = Statement(**{**said, "at": datetime.fromisoformat(said["at"])})
        bytes.fromhex(found.head)
        if not (isinstance(found.links, int) and isinstance(found.link, int) and found.at.tzinfo):
            raise Unreadable("a number or a time is none")
        same = found.text() == text
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(str(error)) from error
    if not same:
        raise Unreadable("not in canonical form")
    return found


class Signed(Protocol):
    """Something with a statement, the public key and the signature (hex)."""

    statement: Any
    public_key: Any
    signature: Any


def as_json(anchor: Signed) -> dict[str, str]:
    """What goes outside: the statement to the letter, key and signature."""
    return {"statement": anchor.statement, "public_key": anchor.public_key, "signature": anchor.signature}
