"""What voters write to their deputies, every step of it (append-only), and their photos."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from ledger.steps import State
from stations.models import Deputy, Matter, Station
from supervision.findings.videos import KeptVideo, video_constraints
from supervision.models import Suggestion
from voters.line.contacts import Reach
from voters.line.table import TABLE, Status

MAX_TEXT = 2000


class Rating(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    FAIR = "fair", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")


class Message(models.Model):
    """One message of one voter. Of its private link only the digest is kept, of her telephone what is encrypted."""

    Status = Status
    Rating = Rating

    client_id = models.UUIDField(_("客户端编号"), unique=True)
    number = models.CharField(_("编号"), max_length=12, unique=True)
    code = models.CharField(_("来自哪个码"), max_length=30, blank=True)
    text = models.TextField(_("内容"), max_length=MAX_TEXT)
    kind = models.CharField(_("问题种类"), max_length=30, blank=True)
    geom = models.PointField(_("位置"), srid=4326, null=True, blank=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("村社或镇街")
    )
    address = models.CharField(_("地点说明"), max_length=120, blank=True)
    deputies = models.ManyToManyField(Deputy, related_name="messages", blank=True, verbose_name=_("收信代表"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="messages", verbose_name=_("联络站"))
    reach = models.CharField(_("联系方式"), max_length=10, choices=Reach, default=Reach.NONE)
    contact = models.TextField(_("联系号码（加密）"), blank=True, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("链接失效时间"))
    state = models.CharField(_("状态"), max_length=10, choices=TABLE.choices())
    created_at = models.DateTimeField(_("来信时间"), default=timezone.now)
    due_on = models.DateField(_("代表答复期限"), null=True, blank=True)
    at_station_since = models.DateTimeField(_("转到联络站的时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answer = models.TextField(_("答复"), max_length=MAX_TEXT, blank=True)
    rating = models.CharField(_("评价"), max_length=12, choices=Rating, blank=True)
    matter = models.ForeignKey(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="voter_messages", verbose_name=_("事项")
    )
    received_as = models.OneToOneField(
        Matter, models.PROTECT, null=True, blank=True, related_name="voter_message", verbose_name=_("接待事项")
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("选民来信")
        verbose_name_plural = _("选民来信")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["station", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="new") | Q(due_on__isnull=False), name="a_deputy_has_until_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="station") | Q(at_station_since__isnull=False), name="a_station_knows_since_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "closed"]) | ~Q(answer=""), name="an_answered_message_has_an_answer"
            ),
            models.CheckConstraint(condition=Q(reach="none", contact="") | ~Q(reach="none"), name="none_is_no_contact"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("voters:message", args=[self.pk])

    @property
    def standing(self) -> State[str]:
        """The state with its label and tone."""
        return TABLE.state(self.state)

    @property
    def title(self) -> str:
        """The first line, shortened."""
        return self.text.strip().splitlines()[0][:40]


class MessageEvent(models.Model):
    """One step of a message. Append-only."""

    class Verb(models.TextChoices):
        SENT = "sent", _("收到来信")
        LEFT = "left", _("在联络站登记")
        ANSWERED = "answered", _("答复")
        HANDED_OVER = "handed_over", _("代表转联络站")
        LATE = "late", _("到期未答复，转联络站")
        RAISED = "raised", _("转为事项")
        DISMISSED = "dismissed", _("不予办理")
        RELAYED = "relayed", _("办理单位已答复")
        CAME_BACK = "came_back", _("事项不予受理，回到联络站")
        SAID = "said", _("选民补充")
        RATED = "rated", _("选民评价")
        REOPENED = "reopened", _("选民不满意，再办")
        REISSUED = "reissued", _("重新出具回执")

    message = models.ForeignKey(Message, models.PROTECT, related_name="events", verbose_name=_("来信"))
    verb = models.CharField(_("动作"), max_length=12, choices=Verb)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    by_voter = models.BooleanField(_("选民本人"), default=False, db_default=False)
    text = models.TextField(_("内容"), max_length=MAX_TEXT, blank=True)
    rating = models.CharField(_("评价"), max_length=12, choices=Rating, blank=True)

    class Meta:
        verbose_name = _("来信经过")
        verbose_name_plural = _("来信经过")
        ordering = ["message", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.message_id} {self.verb}"


class MessagePhoto(models.Model):
    """A photo of a message, re-encoded without its position."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="photos")
    file = models.ImageField(upload_to="voters/%Y/%m/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("来信照片")
        verbose_name_plural = _("来信照片")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["message", "sha256"], name="one_copy_of_a_photo_per_message")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.pk}"


class MessageVideo(KeptVideo):
    """The short video of a message."""

    message = models.OneToOneField(Message, models.PROTECT, related_name="video")

    class Meta:
        verbose_name = _("来信视频")
        verbose_name_plural = _("来信视频")
        ordering = ["pk"]
        constraints = video_constraints("message")

    def __str__(self) -> str:
        return f"{self.message_id}/{self.pk}"
