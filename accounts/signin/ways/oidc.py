"""OpenID Connect: the single sign-on of a government cloud or an organisation. The identity is issuer and `sub`.

Allauth's provider takes what the userinfo address says without comparing it, and checks no nonce and, where the token
came over TLS, no signature. Here only the signed token counts, with issuer, audience, time and nonce; nothing is asked
of the userinfo address, and no mail address is looked at.
"""

from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.notices.channels.base import Variable
from accounts.signin.ways.base import ODD, Adapter, Provider, Way, shaped, uid_of
from accounts.signin.ways.http import Session

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key pair; none that the client secret or nothing at all would make."""
SKEW_S = 60
NAME = "oidc"


class OidcAdapter(Adapter, OpenIDConnectOAuth2Adapter):
    """Allauth's discovery and exchange, our check of the token."""

    def __init__(self, request: HttpRequest) -> None:
        OpenIDConnectOAuth2Adapter.__init__(self, request, NAME)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the issuer says of itself. Raises OAuth2Error where it is another issuer, or a part is missing."""
        if not hasattr(self, "_openid_config"):
            self._openid_config = shaped(self._discover)
        return self._openid_config

    def _discover(self) -> dict[str, Any]:
        issuer = settings.OIDC["OIDC_ISSUER"]
        with Session() as session:
            answer = session.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        if found["issuer"] != issuer:
            raise OAuth2Error("another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(found[name]).scheme != "https":
                raise OAuth2Error(f"{name} is not https")
        return found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        if request.GET.get("iss", settings.OIDC["OIDC_ISSUER"]) != settings.OIDC["OIDC_ISSUER"]:  # RFC 9207
            raise OAuth2Error("an answer of another issuer")
        claims = self.claims(app.client_id, shaped(kwargs["response"].__getitem__, "id_token"))
        login = shaped(self.get_provider().sociallogin_from_response, request, claims)
        login.nonce = str(claims.get("nonce", ""))
        return login

    def claims(self, client_id: str, id_token: str) -> dict[str, Any]:
        """Return what a signed token says. Raises OAuth2Error."""
        try:
            header = jwt.get_unverified_header(id_token)
            if header.get("alg") not in ALGORITHMS:
                raise OAuth2Error("a signature that is not taken")
            found: dict[str, Any] = jwt.decode(
                id_token, self._key(header), algorithms=[header["alg"]], audience=client_id,
                issuer=settings.OIDC["OIDC_ISSUER"], leeway=SKEW_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )  # fmt: skip
        except (jwt.PyJWTError, *ODD) as error:
            raise OAuth2Error(f"a token that does not hold: {type(error).__name__}") from error
        if found.get("azp", client_id) != client_id:
            raise OAuth2Error("a token for another client")
        return found

    def _key(self, header: dict[str, Any]) -> Any:
        with Session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        wanted = header.get("kid")
        fitting = [key for key in keys if wanted is None or key.key_id == wanted]
        if len(fitting) != 1:
            raise OAuth2Error("no key of that number")
        return fitting[0]


class Oidc(Provider, OpenIDConnectProvider):
    """Allauth's, with a proof of the code (PKCE) and none of its readings of the answer."""

    oauth2_adapter_class = OidcAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile"]

    def get_oauth2_adapter(self, request: HttpRequest) -> OidcAdapter:
        return self.oauth2_adapter_class(request)

    def extract_uid(self, data: Any) -> str:
        return uid_of(str(data["iss"]), str(data["sub"]))

    def name_in(self, data: Any) -> str:
        return str(data.get("name") or data.get("preferred_username") or "")


def probe(request: HttpRequest) -> None:
    """Read what the issuer says of itself, and its keys."""
    adapter = OidcAdapter(request)
    answer = Session().get(adapter.openid_config["jwks_uri"])
    answer.raise_for_status()
    if not shaped(jwt.PyJWKSet.from_dict, answer.json()).keys:
        raise OAuth2Error("no keys")


WAY = Way(
    NAME, NAME, _("统一身份认证"), Oidc,
    (
        Variable("OIDC_ISSUER", _("签发者地址（issuer），https 开头，与对方发现文档里的一字不差")),
        Variable("OIDC_CLIENT_ID", _("客户端编号（client_id）")),
        Variable("OIDC_CLIENT_SECRET", _("客户端密钥（client_secret）"), secret=True),
    ),
    lambda: settings.OIDC, ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"), probe, has_nonce=True,
    notes=[_("在对方登记上面的回调地址，授权方式选授权码（code），令牌用密钥对签名（RS256、PS256、ES256 等）。")],
)  # fmt: skip
