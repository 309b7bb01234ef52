"""Voters' messages to the deputy of the demonstration: new, answered, handed over, late, and made a matter."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from accounts.models import User
from stations.models import Deputy
from supervision.public.private_links import digest_of
from voters.codes.addressees import Addressee
from voters.line import services
from voters.line.services import Written
from voters.models import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """What a voter wrote, how many days ago, and what the deputy did with it (a verb, and her words)."""

    days_ago: int
    text: str
    kind: str = ""
    verb: str = ""
    answer: str = ""
    rating: str = ""


LETTERS = (
    Letter(1, "村口到公交站那段路灯坏了三盏，晚上老人回家看不清路。", "street-light"),
    Letter(3, "小区里的健身器材松了，孩子在上面玩不放心，能不能请人来看看。", "fitness"),
    Letter(
        6, "老年食堂中午排队太长，有几位老人坐轮椅进不去。", "elder-care", "answer",
        "上周和社区去看过，已在东门加一个窗口，坡道月底前修好。", "satisfied",
    ),
    Letter(5, "桥头垃圾房边上又堆了装修垃圾，天热味道大。", "bulky-waste", "hand_over", "请联络站先核实是哪一家倒的。"),
    Letter(9, "下雨天村道积水过膝，车开不过去。", "flooding"),
    Letter(2, "河面这两天有油花，从泵站那边漂过来。", "oil-film", "raise"),
)  # fmt: skip


def store_messages(users: dict[str, User], today: date) -> int:
    """Write the messages through the room's services; returns how many."""
    deputy = Deputy.objects.select_related("station", "user").filter(user=users["deputy"]).first()
    village = deputy.constituency.order_by("code").first() if deputy is not None else None
    if deputy is None or village is None:
        return 0
    to = Addressee(deputy.page_code, deputy.name, deputy=deputy, station=deputy.station, area=village)
    for number, letter in enumerate(LETTERS):
        _store(to, users["deputy"], letter, number, today)
    services.hand_over_late(timezone.make_aware(datetime.combine(today, time(8, 0))))
    return len(LETTERS)


def _store(to: Addressee, user: User, letter: Letter, number: int, today: date) -> None:
    sent = timezone.make_aware(datetime.combine(today - timedelta(days=letter.days_ago), time(19, 20)))
    secret = digest_of(f"demo-voter:{number}")[:43]
    message = services.write(
        to,
        Written(letter.text, kind=letter.kind),
        client_id=uuid5(NAMESPACE_URL, f"demo-voter-message:{number}"),
        secret=secret,
        now=sent,
    )
    if letter.verb:
        services.act(user, message.pk, letter.verb, version=1, text=letter.answer)
    if letter.rating:
        answered = Message.objects.get(pk=message.pk)
        services.rate(answered, version=answered.version, rating=letter.rating)
