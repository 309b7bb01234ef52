"""Every model of the exchange with others, for Django."""

from exchange.register.models import ForeignFile, ForeignRecord, Partner, Reply, TakenRecord, Taking
from exchange.webhooks.models import Call, ChangeNote, Endpoint

__all__ = [
    "Call", "ChangeNote", "Endpoint", "ForeignFile", "ForeignRecord", "Partner", "Reply", "TakenRecord", "Taking",
]  # fmt: skip
