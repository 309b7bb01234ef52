"""How often one address goes out to another program and comes back; an office shares one."""

from datetime import timedelta

from accounts.rate_limits import Limit

HOUR = timedelta(hours=1)
STARTS = Limit("way-start", 300, HOUR)
RETURNS = Limit("way-return", 300, HOUR)
PROBES = Limit("way-probe", 30, HOUR)
