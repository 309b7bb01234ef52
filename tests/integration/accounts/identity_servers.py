"""Other people's programs that say who somebody is, as they publish it: one code for one person, good once.

Written from the published protocols, apart from our own code. `server.codes` has whose each code is; a code that was
spent, or that nobody gave out, gets the published error; `server.errors` are the next answers about a person instead.
"""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.integration.accounts.message_servers import KEY_ID, SECRET, WeCom, _Answers

ISSUER = "https://sso.example.org/realms/gov"
SIGNER = ec.generate_private_key(ec.SECP256R1())


class _Codes(_Answers):
    """Codes and tokens of persons."""

    def whose(self, code):
        """The person of a code, which is spent now; None for none."""
        person = self.server.codes.pop(code, None)
        if person is not None:
            self.server.spent = [*getattr(self.server, "spent", []), code]
        return person

    def token_for(self, person):
        tokens = self.server.__dict__.setdefault("persons", {})
        tokens[token := f"person-token-{len(tokens) + 1}"] = person
        return token

    def person_of(self, token):
        return getattr(self.server, "persons", {}).get(token)

    def query(self):
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def place(self):
        return urlsplit(self.path).path

    def says_an_error(self):
        if self.errors:
            self.say(*self.errors.pop(0))
            return True
        return False


class DingTalkIn(_Codes):
    """`userAccessToken` and `contact/users/me`; the application's own token for the check by the operator."""

    def do_POST(self):
        asked = json.loads(self.read())
        client = {"clientId": KEY_ID, "clientSecret": SECRET, "grantType": "authorization_code"}
        if self.place != "/v1.0/oauth2/userAccessToken" or {**client, "code": asked.get("code")} != asked:
            self.say({"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"}, 400)
        elif (person := self.whose(asked["code"])) is None:
            self.say({"code": "invalidParameter.authCode.notFound", "message": "不存在的临时授权码"}, 400)
        else:
            token = self.token_for(person)
            self.say({"accessToken": token, "refreshToken": "r", "expireIn": 7200})

    def do_GET(self):
        if self.place == "/gettoken":
            good = self.query() == {"appkey": KEY_ID, "appsecret": SECRET}
            token = {"errcode": 0, "access_token": "app", "expires_in": 7200}
            self.say(token if good else {"errcode": 40096, "errmsg": "不合法的appKey或appSecret"})
        elif self.says_an_error():
            return
        elif (person := self.person_of(self.headers.get("x-acs-dingtalk-access-token"))) is None:
            self.say({"code": "InvalidAuthentication", "message": "不合法的access_token"}, 401)
        else:
            self.say({"nick": person["name"], "openId": person["id"], "unionId": "u", "email": person.get("email")})


class FeishuIn(_Codes):
    """The application's token, the person's token, `user_info`."""

    def do_POST(self):
        asked = json.loads(self.read())
        if self.place == "/open-apis/auth/v3/tenant_access_token/internal":
            good = asked == {"app_id": KEY_ID, "app_secret": SECRET}
            self.say({"code": 0, "tenant_access_token": "t", "expire": 7200} if good else {"code": 10014, "msg": "no"})
        elif self.place.rstrip("/") == "/open-apis/auth/v3/app_access_token/internal":
            good = asked == {"app_id": KEY_ID, "app_secret": SECRET}
            self.say({"code": 0, "app_access_token": "a-1", "expire": 7200} if good else {"code": 10014, "msg": "no"})
        elif asked.get("app_access_token") != "a-1":
            self.say({"code": 99991664, "msg": "app access token invalid"}, 400)
        elif (person := self.whose(asked["code"])) is None:
            self.say({"code": 20003, "msg": "invalid code"})
        else:
            self.say({"code": 0, "data": {"access_token": self.token_for(person), "expires_in": 6900}})

    def do_GET(self):
        if self.says_an_error():
            return
        person = self.person_of(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if person is None:
            self.say({"code": 99991668, "msg": "user access token not support"}, 401)
        else:
            self.say({"code": 0, "data": {"name": person["name"], "open_id": person["id"], "email": "a@example.org"}})


class WeixinIn(_Codes):
    """`sns/oauth2/access_token`, `sns/userinfo`; errors come with status 200, as text."""

    def do_GET(self):
        asked = self.query()
        if self.place == "/sns/oauth2/access_token":
            self.give_token(asked)
        elif self.place == "/sns/userinfo":
            self.say_who(asked)
        else:
            good = {asked.get("appid"), asked.get("secret")} == {KEY_ID, SECRET}
            token = {"access_token": "app", "expires_in": 7200}
            self.say(token if good else {"errcode": 40125, "errmsg": "invalid appsecret"})

    def give_token(self, asked):
        if (asked["appid"], asked["secret"], asked["grant_type"]) != (KEY_ID, SECRET, "authorization_code"):
            self.say({"errcode": 40125, "errmsg": "invalid appsecret"})
        elif (person := self.whose(asked["code"])) is None:
            self.say({"errcode": 40029, "errmsg": "invalid code"})
        else:
            more = {"is_snapshotuser": 1} if person.get("is_snapshot") else {}
            self.say({"access_token": self.token_for(person), "expires_in": 7200, "openid": person["id"], **more})

    def say_who(self, asked):
        if self.says_an_error():
            return
        person = self.person_of(asked["access_token"])
        if person is None or person["id"] != asked["openid"]:
            self.say({"errcode": 40003, "errmsg": "invalid openid"})
        else:
            union = {"unionid": person["union"]} if person.get("union") else {}
            self.say({"openid": person["id"], "nickname": person["name"], **union})


class WeComIn(_Codes, WeCom):
    """`auth/getuserinfo` with the application's token; who is no member has no userid."""

    def do_GET(self):
        asked = self.query()
        if self.place != "/cgi-bin/auth/getuserinfo":
            WeCom.do_GET(self)
        elif asked.get("access_token") not in getattr(self.server, "tokens", set()):
            self.say({"errcode": 42001, "errmsg": "access_token expired"})
        elif self.says_an_error():
            return
        elif (person := self.whose(asked["code"])) is None:
            self.say({"errcode": 40029, "errmsg": "invalid code"})
        else:
            who = {"openid": person["id"]} if person.get("is_outsider") else {"userid": person["id"]}
            self.say({"errcode": 0, "errmsg": "ok", **who})


class ZhezhengdingIn(_Codes):
    """Signed requests: a token of the application, then the person of a code."""

    def do_GET(self):
        if self.is_signed("GET", urlsplit(self.path).query):
            asked = self.query()
            good = asked == {"appkey": KEY_ID, "appsecret": SECRET}
            self.tell({"accessToken": "app", "expiresIn": "7200"}) if good else self.refuse("OPF-B001-05-16-0009")

    def do_POST(self):
        body = self.read().decode()
        if not self.is_signed("POST", body):
            return
        asked = dict(parse_qsl(body))
        if self.says_an_error():
            return
        if asked.get("access_token") != "app":
            self.refuse("OPF-B001-05-16-0004")
        elif (person := self.whose(asked["code"])) is None:
            self.refuse("IllegalCode")
        else:
            self.tell({"accountId": int(person["id"]), "realmId": 12371, "nickNameCn": person["name"], "account": "a"})

    def is_signed(self, method, parameters):
        heads = {name: self.headers.get(name, "") for name in ("X-Hmac-Auth-Timestamp", "X-Hmac-Auth-Nonce", "apiKey")}
        pairs = sorted(part.split("=", 1) for part in parameters.split("&"))
        joined = "&".join(f"{unquote(name)}={value}" for name, value in pairs)
        said = "\n".join([method, heads["X-Hmac-Auth-Timestamp"], heads["X-Hmac-Auth-Nonce"], self.place, joined])
        right = base64.b64encode(hmac.digest(SECRET.encode(), said.encode(), hashlib.sha256)).decode()
        if heads["apiKey"] == KEY_ID and hmac.compare_digest(self.headers.get("X-Hmac-Auth-Signature", ""), right):
            return True
        self.refuse("SignatureDoesNotMatch")
        return False

    def tell(self, data):
        content = {"data": data, "success": True, "responseCode": "0", "responseMessage": "OK"}
        self.say({"success": True, "content": content})

    def refuse(self, code):
        self.say({"success": False, "errorCode": code, "errorMsg": "no"})


class OidcIn(_Codes):
    """Discovery, token endpoint with PKCE, keys. `server.claims` and `server.sign` change what it signs."""

    def do_GET(self):
        if self.place == "/realms/gov/.well-known/openid-configuration":
            base = getattr(self.server, "base", "https://sso.example.org")
            said = {"issuer": getattr(self.server, "issuer", ISSUER), "authorization_endpoint": f"{base}/auth"}
            self.say({**said, "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys"})
        elif self.place == "/keys":
            key = json.loads(ECAlgorithm.to_jwk(SIGNER.public_key())) | {"kid": "1", "alg": "ES256", "use": "sig"}
            self.say({"keys": [key]})
        else:
            self.say({"error": "not_found"}, 404)

    def do_POST(self):
        asked = {name: values[0] for name, values in parse_qs(self.read().decode()).items()}
        person = self.whose(asked.get("code"))
        if person is None or asked.get("redirect_uri") != f"{self.server.site}/accounts/ways/oidc/back/":
            self.say({"error": "invalid_grant"}, 400)
        elif (asked.get("client_id"), asked.get("client_secret")) != (KEY_ID, SECRET):
            self.say({"error": "invalid_client"}, 401)
        elif not self.knows(asked.get("code_verifier", ""), person["challenge"]):
            self.say({"error": "invalid_grant", "error_description": "PKCE"}, 400)
        else:
            self.say({"access_token": "t", "token_type": "Bearer", "id_token": self.signed(person)})

    def knows(self, verifier, challenge):
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge

    def signed(self, person):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": KEY_ID, "sub": person["id"], "iat": now, "exp": now + 300}
        claims |= {"nonce": person["nonce"], "name": person["name"], **getattr(self.server, "claims", {})}
        sign = getattr(self.server, "sign", None)
        if sign is not None:
            return sign(claims)
        return jwt.encode(claims, SIGNER, algorithm="ES256", headers={"kid": "1"})
