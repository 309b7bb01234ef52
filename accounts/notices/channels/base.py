"""What a channel is: a way by which notices reach their readers outside the site."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from accounts.notices.models import Delivery, Notice
from geokit.refusal import Refusal


class NotDelivered(Exception):
    """The other side did not take the message; the text says what it said, without address or secret."""


class NeverDelivered(Refusal):
    """The other side will not take it in an hour either: a wrong template, a signature that it does not know."""

    default_code = "never-delivered"


class UnknownAddress(NeverDelivered):
    """The other side knows nobody at this address: a number that is none, or somebody who has left."""

    default_code = "unknown-address"


def verdict[Code: (int, str)](code: Code, gone: Collection[Code], never: Collection[Code]) -> type[Exception]:
    """What another side's code of an error means: nobody at this address, never, or perhaps in a while.

    >>> verdict(7, {7}, {8}), verdict(8, {7}, {8}), verdict(9, {7}, {8})  # doctest: +ELLIPSIS
    (<class '...UnknownAddress'>, <class '...NeverDelivered'>, <class '...NotDelivered'>)
    """
    return UnknownAddress if code in gone else NeverDelivered if code in never else NotDelivered


def never(_delivery: Delivery) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Words:
    """What is said to one person's own address."""

    kind: str
    """`notice`, `code` or `link`: which template a provider of text messages has for it."""
    title: str
    body: str = ""
    url: str = ""
    """Absolute; empty for none."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What a template is filled with, in its order."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the machine that a channel needs, with what the operator types there."""

    name: str
    meaning: Any
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Own:
    """A channel to an address of one person's own, which she confirms by a code that is sent there."""

    field: Any
    """What the address is, as the label of its field."""
    help: Any
    clean: Callable[[str], str]
    """The address as it is kept. Raises BadInput."""
    say: Callable[[str, Words], None]
    """Send to an address now. Raises NotDelivered, NeverDelivered or OSError."""
    needed: Callable[[], Sequence[Variable]]
    """What the operator has to set; `missing` says what of it is not there."""
    given: Callable[[], Mapping[str, str]]
    """The values of these variables; never shown."""
    notes: Sequence[Any] = ()
    """What else the operator does, at the provider's."""
    identity: tuple[str, str] | None = None
    """Kind of an identity by which she signs in, and what of it is her address here: that one is proven."""
    is_typed: bool = True
    """Whether an address can be typed at all."""

    def missing(self) -> list[str]:
        """Names of the variables that are needed and not set; none means that the channel is set up."""
        given = self.given()
        return [variable.name for variable in self.needed() if not given.get(variable.name)]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way. Retries, quiet hours and claims are the delivery's (`accounts.notices.delivery`), the same for all."""

    name: str
    """As `Delivery.channel` keeps it; at most ten letters."""
    label: Any
    """Its name for people, translated when shown."""
    plan: Callable[[Sequence[Notice], Mapping[int, Any]], list[Delivery]]
    """From fresh notices and their readers by key: the deliveries, unsaved, that go this way."""
    send: Callable[[Delivery], None]
    """Send one now. Raises NotDelivered, Refusal (never to be tried again), SMTPException or OSError."""
    quiet_hours: Callable[[Delivery], tuple[time, time]]
    """From when until when this delivery disturbs nobody; local time."""
    must_wait: Callable[[Delivery], bool] = never
    """Whether the other side has had as many messages as it takes; asked again a minute later."""
    bundles: bool = False
    """Whether what waits for one reader about one page goes out in one message."""
    own: Own | None = None
    """Where it leads to an address of one person's own."""
