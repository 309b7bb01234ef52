"""Foreign here is every partner: staff of a town exchange with no other instance, nor do officers and others."""

from django.utils import timezone

from tests.architecture.access.foreign.row import Foreign

HERE, PAPER = "pk=PARTNER", "pk=FOREIGN_PAPER"
PARTNER = {"name": "市平台", "public_key": "0" * 64, "kinds": ["papers"], "is_active": "on"}
ANSWER = {"department": "WATER", "text": "已办", "signer": "李局长", "signed_on": str(timezone.localdate())}

FOREIGN = [
    Foreign("exchange:new", "", PARTNER | {"origin": "330204"}, taken=200),
    Foreign("exchange:edit", HERE, PARTNER | {"version": "1"}),
    Foreign("exchange:token", HERE, {}, taken=200),
    Foreign("exchange:send", HERE, {}),
    Foreign("exchange:record", PAPER, ANSWER),
    Foreign("exchange:undo", f"{HERE} taking=TAKING", {}),
    Foreign("exchange:webhook_step", "pk=WEBHOOK step=try", {}),
    Foreign("exchange:webhook_step", "pk=WEBHOOK step=secret", {}, taken=200),
    Foreign("exchange:webhook_step", "pk=WEBHOOK step=end", {}),
]
NO_OBJECT = {
    "exchange:partner": "a file; `tests/integration/exchange/test_pages.py` brings one",
    "exchange_inbox": "another instance pushes its own, by a token",
    "exchange:webhooks": "one's own, for what one may see; nobody's thing is named",
}
