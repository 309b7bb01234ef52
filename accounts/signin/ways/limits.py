"""How often one address goes out to another program and comes back, or has a page signed; an office shares one."""

from datetime import timedelta

from accounts.rate_limits import Limit

HOUR = timedelta(hours=1)
STARTS = Limit("way-start", 300, HOUR)
RETURNS = Limit("way-return", 300, HOUR)
PROBES = Limit("way-probe", 30, HOUR)
SIGNATURES = Limit("in-app-signature", 1200, HOUR)
