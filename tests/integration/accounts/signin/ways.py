"""Going out to another program and coming back, as a browser does it."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

from allauth.socialaccount.models import SocialAccount

from tests.integration.accounts import identity_servers as servers

SERVERS = {
    "dingtalk": servers.DingTalkIn, "wecom": servers.WeComIn, "weixin_mp": servers.WeixinIn,
    "weixin_web": servers.WeixinIn, "feishu": servers.FeishuIn, "zhezhengding": servers.ZhezhengdingIn,
    "oidc": servers.OidcIn,
}  # fmt: skip
AGENTS = {"weixin_mp": "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0.50"}
ID = {"zhezhengding": "100135"}
UIDS = {
    "dingtalk": "dd-1", "feishu": "dd-1", "wecom": "test-key-id:dd-1", "weixin_mp": "test-key-id:dd-1",
    "weixin_web": "test-key-id:dd-1", "zhezhengding": "openplatform.example.org:12371:100135",
    "oidc": f"{servers.ISSUER}:dd-1",
}  # fmt: skip
KINDS = {"weixin_mp": "weixin", "weixin_web": "weixin"}


def person(way, **more):
    """Who is behind a code, at the program of that way."""
    return {"id": ID.get(way, "dd-1"), "name": "张三é", **more}


def identity(user, way, **more):
    """What binds that person to an account."""
    values = {"provider": KINDS.get(way, way), "uid": UIDS[way], "extra_data": {"name": "张三"}} | more
    return SocialAccount.objects.create(user=user, **values)


def go_out(client, way, **given):
    """Press the button; return where it leads, and what that address asks."""
    answer = client.post(f"/accounts/ways/{way}/", given)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    address = html.unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)[1])
    return address, dict(parse_qsl(urlsplit(address).query))


def bind_out(client, way):
    """The same from the page of somebody who is signed in."""
    answer = client.post(f"/accounts/ways/{way}/add/")
    address = html.unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)[1])
    return address, dict(parse_qsl(urlsplit(address).query))


def come_back(client, way, code="code-1", **query):
    """The program sends the browser back."""
    name = "authCode" if way == "dingtalk" else "code"
    return client.get(f"/accounts/ways/{way}/back/", {name: code, **query})


def give_code(server, way, asked, code="code-1", **more):
    """The program gives out a code for who has just confirmed it there."""
    extra = {"nonce": asked.get("nonce", ""), "challenge": asked.get("code_challenge", "")} if way == "oidc" else {}
    server.codes[code] = person(way, **extra, **more)


def round_trip(client, server, way, out=go_out, **more):
    """Out and back, with a fresh code; return the answer to the coming back."""
    _address, asked = out(client, way)
    give_code(server, way, asked, **more)
    return come_back(client, way, state=asked["state"])
