"""The second factor at the ballot: who signs in must also give a code.

Her authenticator app shows one, or she reads it in the mailbox that the roll knows. A mailed code serves once, for ten
minutes, five tries; only its keyed digest is kept, beside the elector and not beside her ballot. The mail is kept
nowhere (`accounts.notices.letters`). An elector with neither votes on paper.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.factors import once as app_codes
from accounts.models import User
from accounts.notices.letters import masked, send_letter
from accounts.rate_limits import Limit, spend
from geokit.refusal import NotPermitted
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused, check_open
from projects.voting.models import BallotCode, Elector
from projects.voting.roll import elector_of, knows_mailbox, refuse_frozen, settle
from projects.voting.services import cast_ballot

DIGITS, TRIES = 6, 5
GOOD_FOR = timedelta(minutes=10)
CODES = Limit("ballot-code", 6, timedelta(hours=1))
SALT = "projects.voting.codes"


def send_code(session_id: int, deputy: User, now: datetime | None = None) -> str:
    """Mail an elector a code; return her address as she knows it again.

    Raises NotPermitted (not on the roll), VoteRefused (not open, voted, frozen, a mailbox that is not known to be
    hers), BadInput (no mailbox), TooMany, Busy.
    """
    now = now or timezone.now()
    elector = _elector_of(session_id, deputy, now)
    check_open(elector.session, now)
    refuse_frozen(elector)
    if hasattr(elector, "turnout"):
        raise VoteRefused(_("您已经投过票了，每人只投一次。"), code="voted-already")
    if deputy.email and not knows_mailbox(elector):
        raise VoteRefused(
            _("账号上的邮箱不是您本人确认过的，验证码不发到那里。")
            + _("请到“登录与安全”确认邮箱，或用动态码应用，或在会场用纸质选票。"),
            code="mailbox-not-own",
        )
    spend(CODES, f"elector:{elector.pk}", now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    fresh = {"digest": _digest(elector, code), "expires_at": now + GOOD_FOR, "tries": 0}
    with transaction.atomic():
        BallotCode.objects.update_or_create(elector=elector, defaults=fresh)
        body = _("您在“%(title)s”投票的验证码是 %(code)s，十分钟内有效，只用一次，请勿告诉别人。")
        send_letter(deputy, _("投票验证码"), body % {"title": elector.session.title, "code": code})
    return masked(deputy.email)


def vote(session_id: int, deputy: User, choices: Sequence[int], code: str, now: datetime | None = None) -> str:
    """Cast the ballot of who gives a code of her app or of her mailbox; return the receipt, as `cast_ballot` does.

    Raises what `cast_ballot` raises, BadInput at `code` for a code that is wrong, used, too old or tried out, and
    TooMany.
    """
    now = now or timezone.now()
    elector = _elector_of(session_id, deputy, now)
    refuse_frozen(elector)
    if not app_codes.takes(deputy, code):
        _check_code(elector, code, now)
    with transaction.atomic():
        receipt = cast_ballot(session_id, deputy, choices, now)
        BallotCode.objects.filter(elector=elector).delete()
    return receipt


def _elector_of(session_id: int, deputy: User, now: datetime) -> Elector:
    """Return her line on the roll; raises NotPermitted for who has none."""
    settle(session_id, now)
    elector = elector_of(session_id, deputy, now)
    if elector is None:
        raise NotPermitted(_("您不在本次票决的代表名册上，不能投票。"))
    return elector


def _check_code(elector: Elector, code: str, now: datetime) -> None:
    """Count the try, which stays counted whatever comes of it, and compare."""
    mine = BallotCode.objects.filter(elector=elector)
    counted = mine.filter(expires_at__gt=now, tries__lt=TRIES).update(tries=F("tries") + 1)
    stored = mine.first()
    if stored is None:
        raise field_refusal("code", "code-missing", _("请先获取验证码，再填写邮件里的六位数字。"), "required")
    if not counted:
        raise field_refusal("code", "code-spent", _("验证码已失效，请重新获取。"))
    if not constant_time_compare(stored.digest, _digest(elector, "".join(code.split()))):
        raise field_refusal("code", "wrong-code", _("验证码不对，请核对邮件里的六位数字。"))


def _digest(elector: Elector, code: str) -> str:
    return salted_hmac(SALT, f"{elector.pk}:{code}", algorithm="sha256").hexdigest()
