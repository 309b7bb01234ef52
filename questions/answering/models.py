"""Answer sheets, with the places and photos in them, and the answers that the staff chose to publish."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from questions.register.models import FormVersion, Questionnaire

MAX_NAME = 40
MAX_PUBLISHED = 2000


class AnswerSheet(models.Model):
    """One person's answers. Who it was is not kept here: that somebody has answered is a `UsedMark`.

    `client_id`, which is drawn by chance, stands for a sheet in addresses and lists: it does not say who came when.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="sheets")
    form = models.ForeignKey(FormVersion, models.PROTECT, related_name="sheets")
    client_id = models.UUIDField(_("客户端编号"), unique=True)
    answers = models.JSONField(_("答案"), default=dict)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("镇街"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    source = models.CharField(max_length=64, blank=True, editable=False)
    """Keyed digest of the network address; forgotten when it closes or is dropped, or its end passes in any state."""
    in_burst = models.BooleanField(_("短时间内大量提交"), default=False, db_default=False)

    class Meta:
        verbose_name = _("答卷")
        verbose_name_plural = _("答卷")
        ordering = ["questionnaire", "pk"]
        indexes = [models.Index(fields=["questionnaire", "source", "at"], name="sheets_from_one_source")]

    def __str__(self) -> str:
        return f"{self.questionnaire_id}/{self.pk}"


class UsedMark(models.Model):
    """That a browser, code or account has answered: a keyed digest, without its sheet, a time or a number of its own.

    The marks of a questionnaire are deleted when it closes; nobody can answer it then.
    """

    key = models.CharField(max_length=64, primary_key=True, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="used_marks")

    class Meta:
        verbose_name = _("已答标记")
        verbose_name_plural = _("已答标记")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class AnswerPlace(models.Model):
    """The point or line that a sheet gives for a question, EPSG:4326."""

    sheet = models.ForeignKey(AnswerSheet, models.PROTECT, related_name="places")
    question = models.CharField(max_length=MAX_NAME)
    geom = models.GeometryField(_("位置"), srid=4326)

    class Meta:
        verbose_name = _("答案中的位置")
        verbose_name_plural = _("答案中的位置")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "question"], name="one_place_an_answer")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.question}"


class AnswerPhoto(models.Model):
    """A photo in a sheet, re-encoded without its position. For the staff alone."""

    sheet = models.ForeignKey(AnswerSheet, models.PROTECT, related_name="photos")
    question = models.CharField(max_length=MAX_NAME)
    file = models.ImageField(upload_to="questions/%Y/%m/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("答案中的照片")
        verbose_name_plural = _("答案中的照片")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "question", "sha256"], name="one_copy_in_an_answer")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.pk}"


class PublishedAnswer(models.Model):
    """A written answer that the staff chose to show, in words that they went through, with what they say to it."""

    sheet = models.ForeignKey(AnswerSheet, models.PROTECT, related_name="published")
    question = models.CharField(max_length=MAX_NAME)
    text = models.TextField(_("公开的文字"), max_length=MAX_PUBLISHED)
    reply = models.TextField(_("回应"), max_length=MAX_PUBLISHED, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("公开的答案")
        verbose_name_plural = _("公开的答案")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "question"], name="an_answer_is_published_once"),
            models.CheckConstraint(condition=~Q(text=""), name="a_published_answer_has_words"),
        ]

    def __str__(self) -> str:
        return self.text[:MAX_NAME]
