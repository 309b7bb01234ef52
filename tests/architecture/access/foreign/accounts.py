"""Accounts, robots and tokens of others."""

from tests.architecture.access.foreign.row import Foreign

PERSON = {"username": "new-person", "display_name": "新人", "role": "deputy", "email": ""}
ROBOT = {
    "name": "群",
    "given-form": "wecom",
    "department": "WATER",
    "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a",
}
ROBOT |= {"quiet_from": "22:00", "quiet_until": "07:00"}
TERM = {"starts_on": "2099-01-05"}
MEMBER = {"name": "新代表", "starts_on": "2026-01-05", "began": "by-election"}
CHANGED = {"display_name": "新名", "role": "deputy", "username": "a-deputy", "version": "DEPUTY_VERSION"}
TOKEN = {"department": "WATER", "name": "平台", "scopes": "read", "expires_on": "2027-01-01"}

FOREIGN = [
    Foreign("people:invite", "", PERSON, taken=200),
    Foreign("people:person", "pk=DEPUTY_USER", CHANGED),
    Foreign("people:step", "pk=DEPUTY_USER step=close", {}),
    Foreign("people:sheet", "", {}, taken=400),
    Foreign("succession:leave", "pk=DEPUTY_USER", {}, taken=400),
    Foreign("members:new", "", TERM | {"area": "DISTRICT", "term": "99"}),
    Foreign("members:new_member", "pk=CONGRESS", MEMBER | {"code": "NEW-1"}),
    Foreign("members:member", "pk=CONGRESS number=MEMBER", MEMBER),
    Foreign("members:end_member", "pk=CONGRESS number=MEMBER", {"last_day": "2026-01-05", "why": "resigned"}),
    Foreign("members:new_term", "pk=CONGRESS", {"first_day": "2099-01-05"}),
    Foreign("notices:robots", "", ROBOT, "403 403 302 404 404", "officer"),
    Foreign("notices:robot_step", "pk=ROBOT step=remove", {}, rightful="officer"),
    Foreign("tokens:list", "", TOKEN, "200 200 200 200 200", "officer", 200),  # each makes her own
    Foreign("tokens:revoke", "pk=TOKEN", {}, rightful="officer"),
    Foreign("people:invitation_sheet", "", {}),
    Foreign("people:factor", "pk=DEPUTY_USER", {"step": "reset", "reason": "当面核对"}),
    Foreign("signin:end_session", "pk=SESSION", {}, rightful="officer"),
    Foreign("signin:way_unbind", "pk=IDENTITY", {}, rightful="officer"),
    Foreign("mfa_remove_webauthn", "pk=PASSKEY", {}, rightful="officer"),
    Foreign("mfa_edit_webauthn", "pk=PASSKEY", {"name": "电脑"}, rightful="officer"),
    Foreign("rules:change", "key=delisting.months", {}, taken=400),
    Foreign("rules:withdraw", "key=delisting.months pk=0", {}, taken=400),
]
NO_OBJECT = {
    "calendars:make_address": "one's own",
    "calendars:end_address": "one's own",
    "calendars:set_feed": "one's own",
    "calendars:end_feed": "one's own",
    "calendars:read_busy": "one's own",
    "calendars:forget_busy": "one's own",
    "invitation_code": "a private code's",
    "signin:email": "one's own",
    "signin:way_start": "whoever is known to the program",
    "signin:way_add": "one's own",
    "signin:way_bind": "one's own, or a private code's",
    "signin:way_probe": "the site's",
    "signin:end_others": "one's own sessions",
    "signin:confirm_email": "a private link's",
    "signin:reset": "a name, and no answer about it",
    "mfa_authenticate": "one's own",
    "mfa_reauthenticate": "one's own",
    "mfa_reauthenticate_webauthn": "one's own",
    "mfa_activate_totp": "one's own",
    "mfa_deactivate_totp": "one's own",
    "mfa_generate_recovery_codes": "one's own",
    "mfa_add_webauthn": "one's own",
    "mfa_login_webauthn": "whoever shows a passkey",
    "notices:read_all": "one's own notices",
    "notices:preferences": "one's own",
    "notices:own_address": "one's own",
    "notices:try_channel": "one's own address",
    "notices:confirm": "a private link's",
    "notices:unsubscribe": "a private link's",
    "invitation": "a private link's",
}
