"""The second factor at the ballot: who signs in must also show her passkey or give a code.

Her authenticator app shows one, or she reads it in the mailbox that the roll knows. Where the district's rule
`votes.own_factor` says so, who has an app or a passkey gets no code by mail. A mailed code serves once, for ten
minutes, five tries; only its keyed digest is kept, beside the elector and not beside her ballot. The mail is kept
nowhere (`accounts.notices.letters`). An elector with none of these votes on paper. By what she voted is written beside
her turnout.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import rules
from accounts.factors import once as app_codes
from accounts.factors.policy import has_factor
from accounts.models import User
from accounts.notices.letters import masked, send_letter
from accounts.rate_limits import Limit, spend
from geokit.refusal import NotPermitted
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused, check_open
from projects.voting.models import BallotCode, Elector, Turnout
from projects.voting.roll import elector_of, knows_mailbox, refuse_frozen, settle, vote_day
from projects.voting.services import cast_ballot

DIGITS, TRIES = 6, 5
GOOD_FOR = timedelta(minutes=10)
CODES = Limit("ballot-code", 6, timedelta(hours=1))
SALT = "projects.voting.codes"
OWN_FACTOR = "votes.own_factor"


def send_code(session_id: int, deputy: User, now: datetime | None = None) -> str:
    """Mail an elector a code; return her address as she knows it again.

    Raises NotPermitted (not on the roll), VoteRefused (not open, voted, frozen, she has a factor to use, a mailbox that
    is not known to be hers), BadInput (no mailbox), TooMany, Busy.
    """
    now = now or timezone.now()
    elector = _elector_of(session_id, deputy, now)
    check_open(elector.session, now)
    refuse_frozen(elector)
    if hasattr(elector, "turnout"):
        raise VoteRefused(_("您已经投过票了，每人只投一次。"), code="voted-already")
    if must_use_own(elector):
        raise VoteRefused(_needs_own(), code="own-factor")
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


def vote(
    session_id: int,
    deputy: User,
    choices: Sequence[int],
    code: str,
    now: datetime | None = None,
    by_passkey: bool | None = None,
) -> str:
    """Cast the ballot of who shows a passkey of hers, or gives a code of her app or of her mailbox; return the receipt.

    `by_passkey` is what became of her passkey's answer, None where there was none. Raises what `cast_ballot` raises,
    BadInput at `code` for a passkey that is not hers or too late, a code that is wrong, used, too old or tried out, or
    mailed to who must use her own factor, and TooMany.
    """
    now = now or timezone.now()
    elector = _elector_of(session_id, deputy, now)
    refuse_frozen(elector)
    factor = _factor_shown(elector, deputy, code, by_passkey, now)
    with transaction.atomic():
        receipt = cast_ballot(session_id, deputy, choices, now, factor)
        BallotCode.objects.filter(elector=elector).delete()
    return receipt


def must_use_own(elector: Elector) -> bool:
    """Tell whether she has an app or a passkey and the rule on the vote's day asks for it."""
    asked = bool(rules.book().value(OWN_FACTOR, vote_day(elector.session)))
    return asked and elector.deputy is not None and has_factor(elector.deputy)


def _needs_own() -> str:
    return _("您的账号有动态码应用或通行密钥，投票请用它；不在手边的，可在会场用纸质选票。")


def _factor_shown(elector: Elector, deputy: User, code: str, by_passkey: bool | None, now: datetime) -> str:
    """Return what she showed. Raises BadInput at `code`, TooMany."""
    if by_passkey:
        return Turnout.Factor.PASSKEY
    if by_passkey is not None:
        message = _("通行密钥没有通过，或页面放得太久了。请再试一次。")
        raise field_refusal("code", "wrong-passkey", message)
    if app_codes.takes(deputy, code):
        return Turnout.Factor.APP
    if must_use_own(elector):
        raise field_refusal("code", "own-factor", _needs_own())
    _check_code(elector, code, now)
    return Turnout.Factor.MAIL


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
