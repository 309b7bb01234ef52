"""Tickets for scripts of other programs (jsapi_ticket), as they publish them: given for a token of the application.

`server.tickets` counts them; `server.errors` are the next answers instead.
"""

from urllib.parse import parse_qsl, urlsplit

from tests.integration.accounts import message_servers as servers


class _Tickets:
    ticket_path, asked_for = "", {}

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path != self.ticket_path:
            super().do_GET()
            return
        query = dict(parse_qsl(asked.query))
        token = query.pop("access_token", "")
        if token not in getattr(self.server, "tokens", set()):
            self.say({"errcode": 42001, "errmsg": "access_token expired"})
        elif self.errors:
            self.say(self.errors.pop(0))
        elif query != self.asked_for:
            self.say({"errcode": 40097, "errmsg": "invalid args"})
        else:
            self.say({"errcode": 0, "errmsg": "ok", "ticket": self.ticket(), "expires_in": 7200})

    def ticket(self):
        self.server.tickets = getattr(self.server, "tickets", 0) + 1
        return f"ticket-{self.server.tickets}"


class DingTalk(_Tickets, servers.DingTalk):
    ticket_path, asked_for = "/get_jsapi_ticket", {"type": "jsapi"}


class WeCom(_Tickets, servers.WeCom):
    ticket_path = "/cgi-bin/get_jsapi_ticket"


class Weixin(_Tickets, servers.Weixin):
    ticket_path, asked_for = "/cgi-bin/ticket/getticket", {"type": "jsapi"}


class Feishu(_Tickets, servers.Feishu):
    """Its ticket stands in `data`, and errors come with a status of their own."""

    def do_POST(self):
        if urlsplit(self.path).path != "/open-apis/jssdk/ticket/get":
            super().do_POST()
            return
        self.read()
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in getattr(self.server, "tokens", set()):
            self.say({"code": 99991663, "msg": "Invalid access token for authorization."}, 400)
        elif self.errors:
            self.say(self.errors.pop(0), 400)
        else:
            self.say({"code": 0, "msg": "ok", "data": {"ticket": self.ticket(), "expire_in": 7200}})


SERVERS = {"dingtalk": DingTalk, "wecom": WeCom, "weixin_mp": Weixin, "feishu": Feishu}
