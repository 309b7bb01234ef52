"""Accounts, robots and tokens of others."""

from tests.architecture.access.foreign.row import Foreign

PERSON = {"username": "new-person", "display_name": "新人", "role": "deputy", "email": ""}
ROBOT = {
    "name": "群",
    "form": "wecom",
    "department": "WATER",
    "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a",
}
ROBOT |= {"quiet_from": "22:00", "quiet_until": "07:00"}
CHANGED = {"display_name": "新名", "role": "deputy", "username": "a-deputy", "version": "DEPUTY_VERSION"}
TOKEN = {"department": "WATER", "name": "平台", "scopes": "read", "expires_on": "2027-01-01"}

FOREIGN = [
    Foreign("people:invite", "", PERSON, taken=200),
    Foreign("people:person", "pk=DEPUTY_USER", CHANGED),
    Foreign("people:step", "pk=DEPUTY_USER step=close", {}),
    Foreign("people:sheet", "", {}, taken=400),
    Foreign("notices:robots", "", ROBOT, "403 403 302 404 404", "officer"),
    Foreign("notices:robot_step", "pk=ROBOT step=remove", {}, rightful="officer"),
    Foreign("tokens:list", "", TOKEN, "404 404 200 404 404", "officer", 200),
    Foreign("tokens:revoke", "pk=TOKEN", {}, rightful="officer"),
    Foreign("rules:change", "key=delisting.months", {}, taken=400),
    Foreign("rules:withdraw", "key=delisting.months pk=0", {}, taken=400),
]
NO_OBJECT = {
    "notices:read_all": "one's own notices",
    "notices:preferences": "one's own",
    "notices:confirm": "a private link's",
    "notices:unsubscribe": "a private link's",
    "invitation": "a private link's",
}
