"""What other people's programs do on the wire, as they publish it: check who asks, and answer with their errors.

Written from the published protocols, apart from our own code: each computes the signature of a request once more.
"""

import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

KEY_ID, SECRET = "test-key-id", "test-key-secret"


class _Answers(BaseHTTPRequestHandler):
    """Keeps what it took in `server.taken`; `server.errors` are the next answers instead."""

    def log_message(self, *args):
        pass

    def read(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def say(self, body, status=200):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @property
    def errors(self):
        return self.server.__dict__.setdefault("errors", [])

    @property
    def taken(self):
        return self.server.__dict__.setdefault("taken", [])


class Aliyun(_Answers):
    """SendSms of Dysmsapi, behind ACS3-HMAC-SHA256."""

    def do_POST(self):
        body, query = self.read(), urlsplit(self.path).query
        if not self.is_signed(query, body):
            self.say({"Code": "SignatureDoesNotMatch", "Message": "no"}, 400)
            return
        if self.errors:
            self.say({"Code": self.errors.pop(0), "Message": "", "RequestId": "r"})
            return
        self.taken.append(dict(parse_qsl(query)))
        self.say({"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"})

    def is_signed(self, query, body):
        way, _space, rest = self.headers["Authorization"].partition(" ")
        said = dict(part.split("=", 1) for part in rest.split(","))
        names = said["SignedHeaders"].split(";")
        pairs = sorted(parse_qsl(query, keep_blank_values=True))
        canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
        heads = "".join(f"{name}:{self.headers[name].strip()}\n" for name in names)
        digest = hashlib.sha256(body).hexdigest()
        asked = f"POST\n/\n{canonical}\n{heads}\n{';'.join(names)}\n{digest}"
        text = f"{way}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        right = hmac.digest(SECRET.encode(), text.encode(), "sha256").hex()
        needed = {
            "host",
            "x-acs-action",
            "x-acs-content-sha256",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-version",
        }
        is_whole = needed <= set(names) and self.headers["x-acs-content-sha256"] == digest
        return way == "ACS3-HMAC-SHA256" and said["Credential"] == KEY_ID and is_whole and said["Signature"] == right


class Tencent(_Answers):
    """SendSms of sms, behind TC3-HMAC-SHA256."""

    def do_POST(self):
        body = self.read()
        if not self.is_signed(body):
            self.say({"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": ""}, "RequestId": "r"}})
            return
        asked = json.loads(body)
        code = self.errors.pop(0) if self.errors else "Ok"
        if code == "Ok":
            self.taken.append(asked)
        status = {"SerialNo": "1", "PhoneNumber": asked["PhoneNumberSet"][0], "Fee": 1, "Code": code, "IsoCode": "CN"}
        self.say({"Response": {"SendStatusSet": [status], "RequestId": "r"}})

    def is_signed(self, body):
        way, _space, rest = self.headers["Authorization"].partition(" ")
        said = dict(part.split("=", 1) for part in rest.split(", "))
        key_id, day, service, end = said["Credential"].split("/")
        names = said["SignedHeaders"].split(";")
        heads = "".join(f"{name}:{self.headers[name].strip().lower()}\n" for name in names)
        asked = f"POST\n/\n\n{heads}\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{day}/{service}/{end}"
        stamp = self.headers["X-TC-Timestamp"]
        text = f"{way}\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        key = f"TC3{SECRET}".encode()
        for part in (day, service, end):
            key = hmac.digest(key, part.encode(), "sha256")
        right = hmac.digest(key, text.encode(), "sha256").hex()
        is_whole = {"content-type", "host"} <= set(names) and self.headers["X-TC-Version"] == "2021-01-11"
        return way == "TC3-HMAC-SHA256" and key_id == KEY_ID and is_whole and said["Signature"] == right


class _WithTokens(_Answers):
    """A program that gives out tokens for its application's secret, and may call one stale (`server.stale`)."""

    token_path, key_field, secret_field, send_path = "", "", "", ""

    def do_GET(self):
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path != self.token_path or query != {self.key_field: KEY_ID, self.secret_field: SECRET}:
            self.say({"errcode": 40001, "errmsg": "invalid credential"})
            return
        self.server.fetched = getattr(self.server, "fetched", 0) + 1
        token = f"token-{self.server.fetched}"
        self.server.tokens = getattr(self.server, "tokens", set()) | {token}
        self.say({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200})

    def do_POST(self):
        body, asked = json.loads(self.read()), urlsplit(self.path)
        token = parse_qs(asked.query).get("access_token", [""])[0]
        if token not in getattr(self.server, "tokens", set()):
            self.say(self.stale())
        elif asked.path != self.send_path:
            self.say({"errcode": 404, "errmsg": "no such method"})
        elif self.errors:
            self.say(self.errors.pop(0))
        else:
            self.taken.append(body)
            self.say({"errcode": 0, "errmsg": "ok", "task_id": 1})

    def stale(self):
        return {"errcode": 42001, "errmsg": "access_token expired"}


class DingTalk(_WithTokens):
    token_path, key_field, secret_field = "/gettoken", "appkey", "appsecret"
    send_path = "/topapi/message/corpconversation/asyncsend_v2"

    def stale(self):
        return {"errcode": 88, "sub_code": "40014", "sub_msg": "不合法的access_token", "errmsg": "ding talk error"}


class WeCom(_WithTokens):
    token_path, key_field, secret_field = "/cgi-bin/gettoken", "corpid", "corpsecret"
    send_path = "/cgi-bin/message/send"


class Feishu(_Answers):
    """`im/v1/messages` with a token in the head; errors come with a status of their own."""

    def do_POST(self):
        asked, body = urlsplit(self.path), json.loads(self.read())
        if asked.path == "/open-apis/auth/v3/tenant_access_token/internal":
            self.give_token(body)
        elif self.headers.get("Authorization", "").removeprefix("Bearer ") not in getattr(self.server, "tokens", set()):
            self.say({"code": 99991663, "msg": "Invalid access token for authorization."}, 400)
        elif asked.path != "/open-apis/im/v1/messages":
            self.say({"code": 99992404, "msg": "not found"}, 404)
        elif self.errors:
            self.say(self.errors.pop(0), 400)
        else:
            kind = parse_qs(asked.query)["receive_id_type"][0]
            self.taken.append({"kind": kind, **body, "content": json.loads(body["content"])})
            self.say({"code": 0, "msg": "success", "data": {"message_id": "om_1"}})

    def give_token(self, body):
        if body != {"app_id": KEY_ID, "app_secret": SECRET}:
            self.say({"code": 10014, "msg": "app secret invalid"})
            return
        self.server.fetched = getattr(self.server, "fetched", 0) + 1
        token = f"token-{self.server.fetched}"
        self.server.tokens = getattr(self.server, "tokens", set()) | {token}
        self.say({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200})


class Weixin(_Answers):
    """`message/subscribe/bizsend` of a service account; every field of the template, and no longer than it takes."""

    fields = {"thing1": 20, "time2": 30, "thing3": 20}

    def do_GET(self):
        asked = urlsplit(self.path)
        query = {"grant_type": "client_credential", "appid": KEY_ID, "secret": SECRET}
        if asked.path != "/cgi-bin/token" or dict(parse_qsl(asked.query)) != query:
            self.say({"errcode": 40125, "errmsg": "invalid appsecret"})
            return
        self.server.fetched = getattr(self.server, "fetched", 0) + 1
        token = f"token-{self.server.fetched}"
        self.server.tokens = getattr(self.server, "tokens", set()) | {token}
        self.say({"access_token": token, "expires_in": 7200})

    def do_POST(self):
        body, asked = json.loads(self.read()), urlsplit(self.path)
        token = parse_qs(asked.query).get("access_token", [""])[0]
        if token not in getattr(self.server, "tokens", set()):
            self.say({"errcode": 42001, "errmsg": "access_token expired"})
        elif asked.path != "/cgi-bin/message/subscribe/bizsend":
            self.say({"errcode": 40066, "errmsg": "invalid url"})
        elif self.errors:
            self.say(self.errors.pop(0))
        elif body.get("template_id") != "T-1":
            self.say({"errcode": 40037, "errmsg": "invalid template_id"})
        elif not self.fits(body["data"]):
            self.say({"errcode": 47003, "errmsg": "argument invalid!"})
        else:
            self.taken.append(body)
            self.say({"errcode": 0, "errmsg": "ok"})

    def fits(self, data):
        return data.keys() == self.fields.keys() and all(
            0 < len(data[name]["value"]) <= most for name, most in self.fields.items()
        )
