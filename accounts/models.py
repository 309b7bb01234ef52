"""Every table of the room, for Django to find; each is defined in its topic."""

from accounts.calendars.models import BusyTime, CalendarFeed, PersonalCalendar
from accounts.congress.models import Congress, DeputyGroup, GroupPost, Membership, Person
from accounts.directory.models import Area, Department, Role, User
from accounts.district.models import District
from accounts.first_account.models import SetupCode
from accounts.loads.models import Load, LoadedRow
from accounts.notices.models import Address, Delivery, Notice, NoticePreference, OwnAddress, Robot, RobotHost
from accounts.people.credentials.models import CredentialChange, Handover
from accounts.people.models import FactorReset, InvitationCode
from accounts.rate_limits.models import RateCount
from accounts.rules.models import RuleChange, RuleWithdrawal
from accounts.saved_views.models import SavedView
from accounts.sessions.models import OpenSession, SignInEvent
from accounts.signin.in_app.models import SdkTicket
from accounts.tokens.models import ApiToken
from accounts.workdays.models import CalendarDay

__all__ = [
    "Address", "ApiToken", "Area", "BusyTime", "CalendarDay", "CalendarFeed", "Congress", "CredentialChange",
    "Delivery", "Department", "DeputyGroup", "District", "FactorReset", "GroupPost", "Handover", "InvitationCode",
    "Load", "LoadedRow",
    "Membership", "Notice", "NoticePreference", "OpenSession", "OwnAddress", "Person", "PersonalCalendar",
    "RateCount", "Robot", "RobotHost", "Role", "RuleChange", "RuleWithdrawal", "SavedView", "SdkTicket", "SetupCode",
    "SignInEvent", "User",
]  # fmt: skip
