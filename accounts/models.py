"""Every table of the room, for Django to find; each is defined in its topic."""

from accounts.directory.models import Area, Department, Role, User
from accounts.notices.models import Address, Delivery, Notice, NoticePreference, Robot, RobotHost
from accounts.people.credentials.models import CredentialChange, Handover
from accounts.rate_limits.models import RateCount
from accounts.rules.models import RuleChange, RuleWithdrawal
from accounts.tokens.models import ApiToken
from accounts.workdays.models import CalendarDay

__all__ = [
    "Address", "ApiToken", "Area", "CalendarDay", "CredentialChange", "Delivery", "Department", "Handover", "Notice",
    "NoticePreference", "RateCount", "Robot", "RobotHost", "Role", "RuleChange", "RuleWithdrawal", "User",
]  # fmt: skip
