"""What a way of signing in is, and what allauth's provider and adapter classes do differently here."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.notices import links
from accounts.notices.channels.base import Variable

LONGEST_UID, LONGEST_NAME = 190, 60
ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a provider's code raises for an answer that is not shaped as published."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of signing in that an operator may offer."""

    name: str
    """As addresses, the log and `SIGN_IN_WAYS` have it; at most sixteen letters."""
    kind: str
    """Which program's identities it shows; two ways may show the same."""
    label: Any
    provider: type["Provider"]
    needed: Sequence[Variable]
    """What the operator sets; all of it, or the way is not there."""
    given: Callable[[], Mapping[str, str]]
    client: tuple[str, str]
    """Names of the variables with the application's number and its secret."""
    probe: Callable[[HttpRequest], None] | None = None
    """Ask the program whether number and secret are good, without a person. Raises OAuth2Error, RequestException,
    NotDelivered, Refusal or OSError."""
    inside: Collection[str] = ()
    """Signs of the browsers inside the program, in small letters; there this way is offered first."""
    only_inside: bool = False
    """Whether it works nowhere else."""
    not_inside: bool = False
    """Whether it does not work there: a code to be scanned with the same phone."""
    has_nonce: bool = False
    """Whether the other side signs a word of the start, by which its answer is known to belong to it."""
    notes: Sequence[Any] = ()
    """What the operator does at the program's."""

    def missing(self) -> list[str]:
        """Names of the variables that are not set."""
        given = self.given()
        return [variable.name for variable in self.needed if not given.get(variable.name)]

    def is_offered(self) -> bool:
        """Tell whether the operator wants this way and has set all it needs."""
        return self.name in settings.SIGN_IN_WAYS and not self.missing()

    def callback(self) -> str:
        """The redirect address, as it is typed at the program's and sent there."""
        return links.absolute(reverse("signin:way_back", args=[self.name]))


def uid_of(scope: str, number: str) -> str:
    """Return a number together with the organisation or server within which it is one person's.

    >>> uid_of("ww1", "zhang.san")
    'ww1:zhang.san'
    >>> len(uid_of("https://sso.example.org", "9" * 300))
    71
    """
    whole = f"{scope}:{number}"
    return whole if len(whole) <= LONGEST_UID else f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


class Provider(OAuth2Provider):
    """Keeps a name for the person to recognise and nothing else of what the program says of her."""

    def name_in(self, data: Any) -> str:
        """What she is called there."""
        return ""

    def known_in(self, data: Any) -> dict[str, str]:
        """What else is kept."""
        return {}

    def extract_extra_data(self, data: Any) -> dict[str, str]:
        return {"name": str(self.name_in(data) or "")[:LONGEST_NAME], **self.known_in(data)}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        return []

    def get_callback_url(self) -> str:
        return reverse("signin:way_back", args=[self.app.provider_id])


class Adapter(OAuth2Adapter):
    """Refuses an answer that is not shaped as published, in place of failing on it."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return links.absolute(reverse("signin:way_back", args=[self.provider_id]))

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        return shaped(super().get_access_token_data, *args, **kwargs)

    def parse_token(self, data: Any) -> SocialToken:
        token: SocialToken = shaped(super().parse_token, data)
        return token

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        return shaped(super().complete_login, request, app, token, **kwargs)


class DirectAdapter(Adapter):
    """For programs that give the identity at once for the code, without a token of the person."""

    def identity(self, code: str) -> dict[str, Any]:
        """Ask whose code this is. Raises OAuth2Error, RequestException."""
        raise NotImplementedError

    def get_access_token_data(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = shaped(self.identity, request.GET.get("code", ""))
        self.did_fetch_access_token = True
        return found

    def parse_token(self, data: Any) -> SocialToken:
        return SocialToken(token="")

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        return shaped(self.get_provider().sociallogin_from_response, request, kwargs["response"])


def shaped(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call it; an answer that is not shaped as published is an OAuth2Error."""
    try:
        return function(*args, **kwargs)
    except ODD as error:
        raise OAuth2Error(f"an answer in another shape: {type(error).__name__}") from error


def code_of(said: Mapping[str, Any]) -> str:
    """The number of an error, for the log of the machine; never what stands beside it."""
    return str(said.get("errcode", said.get("code", said.get("error", "?"))))[:40]
