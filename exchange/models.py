"""Every model of the exchange between levels, for Django."""

from exchange.register.models import ForeignFile, ForeignRecord, Partner, Reply, TakenRecord, Taking

__all__ = ["ForeignFile", "ForeignRecord", "Partner", "Reply", "TakenRecord", "Taking"]
