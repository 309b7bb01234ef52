"""Following a project by e-mail: ask, say yes by a private link, be told once a day, leave by one click."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.notices.links import absolute
from accounts.notices.models import Address
from accounts.notices.services import ask_address, confirm, notify_address
from geokit.refusal import BadInput
from projects.following.models import Follower, News
from projects.following.news import headline
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to

DAILY = "projects.following.services.send_digests"
TOKEN_BYTES = 32
MAX_UNCONFIRMED = 5
"""Questions that wait for an answer of one mailbox; who types somebody's address again and again sends no more."""
UNCONFIRMED_DAYS = 7
MAX_FOLLOWED = 100
LINES_PER_PROJECT = 12


@transaction.atomic
def follow(project: Project, email: str) -> None:
    """Record that `email` asked for news of `project`, and ask the mailbox's owner to confirm.

    The caller learns nothing: whether the address follows already is nobody else's business. Raises BadInput for a
    project that is not public.
    """
    if not projects_visible_to(None).filter(pk=project.pk).exists():
        raise BadInput(_("这个项目还没有公开，不能关注。"), code="not-public")
    email = email.strip().lower()
    of_address = Follower.objects.filter(email=email)
    known = of_address.filter(project=project).first()
    if known is None:
        waiting = of_address.filter(confirmed_at=None).count()
        if waiting >= MAX_UNCONFIRMED or of_address.count() >= MAX_FOLLOWED:
            return
        # Two requests at once: the constraint leaves one row, and one letter goes out.
        known, _new = Follower.objects.get_or_create(
            project=project, email=email, defaults={"token": token_urlsafe(TOKEN_BYTES)}
        )
    if known.confirmed_at is None:
        _send_confirmation(known)


def find_follower(token: str) -> Follower | None:
    """Return whom a private link is about; None for a wrong one."""
    return Follower.objects.select_related("project").filter(token=token).first() if token else None


@transaction.atomic
def confirm_follower(token: str) -> Follower | None:
    """The mailbox's owner says yes to this project, and so to our mail. Safe to repeat."""
    follower = Follower.objects.select_for_update(of=("self",)).select_related("project").filter(token=token).first()
    if follower is None or follower.confirmed_at is not None:
        return follower
    follower.confirmed_at = timezone.now()
    follower.save(update_fields=["confirmed_at"])
    address, _new = Address.objects.get_or_create(email=follower.email)
    if not address.is_open:
        confirm(address)
    return follower


def unfollow(token: str) -> Project | None:
    """Stop following one project; the address is forgotten with the row. None for a wrong or used link."""
    follower = find_follower(token)
    if follower is None:
        return None
    follower.delete()
    return follower.project


@transaction.atomic
def send_digests() -> int:
    """Send each follower one letter a day with the news of the followed projects; return the number of letters.

    Each piece of news is sent once; news of projects that are no longer public is not sent.
    """
    today = timezone.localdate()
    delete_unconfirmed()
    _delete_unsubscribed()
    if News.objects.filter(told_on=today).exists():
        return 0
    # What another transaction is just writing stays for tomorrow.
    locked = News.objects.filter(told_on=None).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    told = list(locked.select_related("project", "report"))
    News.objects.filter(pk__in=[news.pk for news in told]).update(told_on=today)
    public = set(projects_visible_to(None).values_list("pk", flat=True))
    with translation.override(settings.LANGUAGE_CODE):
        return _send_letters([news for news in told if news.project_id in public], str(today))


def delete_unconfirmed() -> int:
    """Delete who has not said yes within a week; return how many."""
    since = timezone.now() - timedelta(days=UNCONFIRMED_DAYS)
    return Follower.objects.filter(confirmed_at=None, created_at__lt=since).delete()[0]


def _delete_unsubscribed() -> None:
    """Who has left all our mail by the letter's own link follows nothing any more."""
    gone = Address.objects.filter(unsubscribed_at__isnull=False).values("email")
    Follower.objects.filter(email__in=gone, confirmed_at__isnull=False).delete()


def _send_confirmation(follower: Follower) -> None:
    """Send the question; each day at most one about the same project."""
    with translation.override(settings.LANGUAGE_CODE):
        name = follower.project.name
        title = _("请确认关注“%(name)s”") % {"name": name}
        body = _(
            "有人用这个邮箱关注民生实事项目“%(name)s”。如果是您，请在七天内打开下面的页面确认，"
            "之后项目有进展时每天最多发一封邮件；如果不是，请不必理会。"
        ) % {"name": name}
    key = f"follow:{follower.pk}:{timezone.localdate()}"
    ask_address(follower.email, title, body, follower_path(follower), key=key)


def follower_path(follower: Follower) -> str:
    """The follower's private page: yes, and no more."""
    return reverse("projects:follower", args=[follower.token])


def _send_letters(told: list[News], today: str) -> int:
    by_project = defaultdict(list)
    for news in told:
        by_project[news.project_id].append(news)
    of_address: dict[str, list[Follower]] = defaultdict(list)
    followers = Follower.objects.filter(confirmed_at__isnull=False, project__in=by_project)
    for follower in followers.select_related("project").order_by("email", "project__code"):
        of_address[follower.email].append(follower)
    return sum(_send_letter(email, rows, by_project, today) for email, rows in of_address.items())


def _send_letter(email: str, followers: list[Follower], by_project: dict[int, list[News]], today: str) -> bool:
    parts = [_letter_section(follower, by_project[follower.project_id]) for follower in followers]
    parts = [part for part in parts if part]
    if not parts:
        return False
    names = [follower.project.name for follower in followers]
    title = _("您关注的项目有新进展：%(names)s") % {"names": "、".join(names[:3])}
    page = followers[0].project.get_absolute_url() if len(followers) == 1 else reverse("projects:list")
    return notify_address(email, "project-digest", title, "\n\n".join(parts), page, key=f"project-digest:{today}")


def _letter_section(follower: Follower, told: Iterable[News]) -> str:
    """One project's section of a letter: news since the follower confirmed, and the link that ends following."""
    since = follower.confirmed_at
    fresh = sorted((news for news in told if since and news.at >= since), key=lambda news: (news.on, news.pk))
    if not fresh:
        return ""
    lines = [f"· {date_format(news.on, 'MONTH_DAY_FORMAT')} {headline(news)}" for news in fresh[-LINES_PER_PROJECT:]]
    page = absolute(follower.project.get_absolute_url())
    leave = _("不再关注这个项目：%(link)s") % {"link": absolute(follower_path(follower))}
    return "\n".join([follower.project.name, *lines, page, leave])
