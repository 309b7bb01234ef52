"""A congress in one term, the people who sit or sat in it, and their groups.

A person is a row of its own: most deputies have no account, and one account serves however many congresses its owner
sits in (docs/decisions/0041). Nothing here is deleted when somebody leaves; a membership gets a last day.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import Area

NATIONAL = "national"


class Congress(models.Model):
    """The people's congress of one area in one term. The nation's has no area of ours.

    That `level` is the level of the area is a foreign key of two columns (migration 0019).
    """

    class Level(models.TextChoices):
        NATIONAL = NATIONAL, gettext_lazy("全国")
        PROVINCE = "province", gettext_lazy("省")
        CITY = "city", gettext_lazy("市")
        DISTRICT = "district", gettext_lazy("区县")
        TOWN = "town", gettext_lazy("乡镇")

    level = models.CharField(gettext_lazy("层级"), max_length=10, choices=Level)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="congresses", verbose_name=gettext_lazy("区域")
    )
    term = models.PositiveSmallIntegerField(gettext_lazy("届次"), help_text=gettext_lazy("不知道时写 0"))
    seats = models.PositiveSmallIntegerField(
        gettext_lazy("代表名额"), null=True, blank=True, help_text=gettext_lazy("应选代表的总数，用来核对名单是否齐全")
    )
    starts_on = models.DateField(gettext_lazy("本届开始"))
    ends_on = models.DateField(gettext_lazy("本届结束"), null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("人大届次")
        verbose_name_plural = gettext_lazy("人大届次")
        ordering = ["level", "area", "-term"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "area", "term"], name="one_congress_per_term", nulls_distinct=False,
                violation_error_message=gettext_lazy("这一届已经有了。"),
            ),
            models.CheckConstraint(
                condition=Q(level=NATIONAL, area=None) | ~Q(level=NATIONAL) & Q(area__isnull=False),
                name="a_congress_has_an_area",
                violation_error_message=gettext_lazy("除全国人大外，要写明区域；全国人大不写区域。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_term_ends_after_it_starts",
                violation_error_message=gettext_lazy("本届结束不能早于开始。"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        place = self.area.name if self.area is not None else _("全国")
        if not self.term:
            return _("%(place)s人大") % {"place": place}
        return _("%(place)s第%(term)d届人大") % {"place": place, "term": self.term}


class Person(models.Model):
    """Somebody who sits or sat in a congress, with an account or without."""

    code = models.CharField(gettext_lazy("人员编号"), max_length=30, unique=True)
    name = models.CharField(gettext_lazy("姓名"), max_length=40)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person",
        verbose_name=gettext_lazy("账号"),
    )  # fmt: skip

    class Meta:
        verbose_name = gettext_lazy("人员")
        verbose_name_plural = gettext_lazy("人员")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="a_person_has_a_name")]

    def __str__(self) -> str:
        return self.name


class DeputyGroup(models.Model):
    """A group of deputies of one congress (代表小组)."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="groups", verbose_name=gettext_lazy("人大"))
    name = models.CharField(gettext_lazy("小组名称"), max_length=60)

    class Meta:
        verbose_name = gettext_lazy("代表小组")
        verbose_name_plural = gettext_lazy("代表小组")
        ordering = ["congress", "name"]
        constraints = [models.UniqueConstraint(fields=["congress", "name"], name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name


def not_over(day: Any, path: str = "") -> Q:
    """Match the memberships, which `path` leads to, that have not ended before a local day; some are still to begin.

    Nobody sits longer than the term: its end may be written after the members are.
    """
    ends = (f"{path}ends_on", f"{path}congress__ends_on")
    return Q(*[Q(**{end: None}) | Q(**{f"{end}__gte": day}) for end in ends])


def in_force(day: Any, path: str = "") -> Q:
    """Match the memberships, which `path` leads to, of who sits on a local day."""
    return not_over(day, path) & Q(**{f"{path}starts_on__lte": day})


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by day."""

    def in_force(self, day: Any) -> "MembershipQuerySet":
        """Return those of who sits on a local day; the last day of a membership counts, and the term's own."""
        return self.filter(in_force(day))


class Membership(models.Model):
    """That a person sits in a congress from one day to another.

    Never twice at a time in one congress, and in a group of that congress: constraints of migration 0019, which Django
    has no words for without an app of its own.
    """

    class Began(models.TextChoices):
        GENERAL = "general", gettext_lazy("换届选举")
        BY_ELECTION = "by-election", gettext_lazy("补选")

    class Ended(models.TextChoices):
        TERM = "term", gettext_lazy("届满")
        RESIGNED = "resigned", gettext_lazy("辞职")
        RECALLED = "recalled", gettext_lazy("罢免")
        MOVED = "moved", gettext_lazy("迁出或调离")
        DIED = "died", gettext_lazy("去世")
        OTHER = "other", gettext_lazy("资格终止")

    code = models.CharField(gettext_lazy("代表证号"), max_length=30, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=gettext_lazy("人员"))
    congress = models.ForeignKey(
        Congress, models.PROTECT, related_name="memberships", verbose_name=gettext_lazy("人大")
    )
    constituency = models.CharField(gettext_lazy("选区或选举单位"), max_length=60, blank=True)
    group = models.ForeignKey(
        DeputyGroup, models.PROTECT, null=True, blank=True, related_name="memberships",
        verbose_name=gettext_lazy("代表小组"),
    )  # fmt: skip
    committee = models.CharField(gettext_lazy("专门委员会"), max_length=60, blank=True)
    posts = models.JSONField(gettext_lazy("职务"), default=list, db_default=[], blank=True)
    """Names of posts in the congress, such as 主任 or 小组组长."""
    starts_on = models.DateField(gettext_lazy("任职开始"))
    ends_on = models.DateField(gettext_lazy("任职最后一天"), null=True, blank=True)
    began = models.CharField(gettext_lazy("产生方式"), max_length=12, choices=Began, default=Began.GENERAL)
    ended = models.CharField(gettext_lazy("终止原因"), max_length=12, choices=Ended, blank=True)

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("代表任职")
        verbose_name_plural = gettext_lazy("代表任职")
        ordering = ["congress", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_membership_ends_after_it_starts",
                violation_error_message=gettext_lazy("任职最后一天不能早于开始。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None, ended="") | Q(ends_on__isnull=False) & ~Q(ended=""),
                name="an_end_has_a_reason",
                violation_error_message=gettext_lazy("写了任职最后一天，就要写终止原因；反之亦然。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.congress}"

    def is_in_force(self, day: Any) -> bool:
        """Tell whether she sits on a local day."""
        ends = (self.ends_on, self.congress.ends_on)
        return self.starts_on <= day and all(end is None or end >= day for end in ends)


class GroupPost(models.Model):
    """What a member said in her group: one plain thread, no answers to answers."""

    group = models.ForeignKey(DeputyGroup, models.PROTECT, related_name="thread")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(gettext_lazy("内容"), max_length=2000)
    at = models.DateTimeField(gettext_lazy("时间"), auto_now_add=True)

    class Meta:
        verbose_name = gettext_lazy("小组留言")
        verbose_name_plural = gettext_lazy("小组留言")
        ordering = ["group", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_post_says_something")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.pk}"
