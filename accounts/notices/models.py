"""Rows of notices. Who and what they are about is said by text and address: no other room is known here."""

from collections.abc import Sequence
from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

QUIET_FROM, QUIET_UNTIL = time(22), time(7)
"""The hours in which nobody is disturbed, unless a person or a robot has others; local time."""

MAIL, ROBOT = "mail", "robot"
"""Names of channels that the tables below know: one mail a notice, and robots, which a delivery names."""

SMS, DINGTALK, WECOM, FEISHU, WEIXIN = "sms", "dingtalk", "wecom", "feishu", "weixin"
"""Names of channels to an address of one person's own."""

CONFIRM_KIND = "confirm-address"
"""The kind of the one mail that goes to an address before it has confirmed."""


class Topic(models.TextChoices):
    """What a notice is about: the word before the first hyphen of its kind (`matter-assigned`)."""

    MATTER = "matter", _("意见建议")
    RIVER = "river", _("河道治理")
    PROJECT = "project", _("民生实事")
    STATION = "station", _("联络站和履职")
    DATA = "data", _("数据和导入")
    DIGEST = "digest", _("每日提要")
    ACCOUNT = "account", _("账号和投票安全")
    OTHER = "other", _("其他")


ALWAYS = frozenset({Topic.ACCOUNT})
"""Topics that nobody can mute and that go out at any hour: what their reader would be robbed of by silence."""


class Address(models.Model):
    """An e-mail address without an account. Nothing but the question to confirm is sent before it has confirmed."""

    email = models.EmailField(_("邮箱"), unique=True)
    asked_at = models.DateTimeField(_("请求确认时间"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    unsubscribed_at = models.DateTimeField(_("退订时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知邮箱")
        verbose_name_plural = _("通知邮箱")

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Whether mail may be sent: confirmed, and not taken back since."""
        return self.confirmed_at is not None and self.unsubscribed_at is None


class Notice(models.Model):
    """One thing that one person, or one address, is told. `key` names the event: told again, it is not told twice."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices", db_index=False
    )
    address = models.ForeignKey(Address, models.CASCADE, null=True, blank=True, related_name="notices")
    kind = models.CharField(_("种类"), max_length=40)
    key = models.CharField(_("事件"), max_length=160)
    title = models.CharField(_("标题"), max_length=160)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("页面"), max_length=300, blank=True, help_text=_("站内地址，以 / 开头"))
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-at"]),
            models.Index(fields=["recipient", "url"], name="unread_by_page", condition=Q(read_at=None)),
            models.Index(fields=["recipient", "url", "-at", "-id"], name="told_by_page"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address=None) | Q(recipient=None, address__isnull=False),
                name="a_notice_has_one_reader",
            ),
            models.UniqueConstraint(fields=["recipient", "key"], name="each_person_is_told_once"),
            models.UniqueConstraint(fields=["address", "key"], name="each_address_is_told_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> Topic:
        word = self.kind.partition("-")[0]
        return Topic(word) if word in Topic.values else Topic.OTHER


class RobotHost(models.Model):
    """A host that robots' addresses may name. Only administrators add one; nothing is sent to any other."""

    host = models.CharField(_("主机名"), max_length=120, unique=True, help_text=_("只写主机名，不带 https:// 和路径"))
    note = models.CharField(_("说明"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("机器人主机")
        verbose_name_plural = _("机器人主机")
        ordering = ["host"]

    def __str__(self) -> str:
        return self.host


class Robot(models.Model):
    """A group's robot in DingTalk or WeCom, or a program's webhook. It gets what its department's people get.

    Without a department it is the congress staff's. Address and secret open the group, so no page shows them again.
    """

    class Form(models.TextChoices):
        DINGTALK = "dingtalk", _("钉钉群机器人")
        WECOM = "wecom", _("企业微信群机器人")
        WEBHOOK = "webhook", _("其他系统（Webhook）")

    name = models.CharField(_("名称"), max_length=60)
    form = models.CharField(_("格式"), max_length=10, choices=Form)
    department = models.ForeignKey(
        "accounts.Department", models.CASCADE, null=True, blank=True, related_name="robots", verbose_name=_("部门")
    )
    url = models.CharField(_("地址"), max_length=500)
    secret = models.CharField(_("加签密钥"), max_length=200, blank=True)
    quiet_from = models.TimeField(_("免打扰开始"), default=QUIET_FROM)
    quiet_until = models.TimeField(_("免打扰结束"), default=QUIET_UNTIL)
    is_active = models.BooleanField(_("启用"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("添加时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("机器人")
        verbose_name_plural = _("机器人")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="robots_are_called_by_https"),
            models.CheckConstraint(condition=Q(form="wecom") | ~Q(secret=""), name="only_wecom_robots_have_no_secret"),
        ]

    def __str__(self) -> str:
        return self.name


class NoticePreference(models.Model):
    """How one person wants to be told. Without a row: by e-mail at once, but not at night, and a daily digest."""

    class Mail(models.TextChoices):
        AT_ONCE = "at-once", _("立即发送")
        DAILY = "daily", _("只在每日提要里汇总")
        NEVER = "never", _("不发邮件")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preference")
    mail = models.CharField(_("邮件"), max_length=10, choices=Mail, default=Mail.AT_ONCE)
    muted = models.JSONField(_("不发邮件的主题"), default=list, blank=True)
    digest = models.BooleanField(_("每日提要"), default=True)
    quiet_from = models.TimeField(_("免打扰开始"), default=QUIET_FROM)
    quiet_until = models.TimeField(_("免打扰结束"), default=QUIET_UNTIL)

    class Meta:
        verbose_name = _("通知偏好")
        verbose_name_plural = _("通知偏好")

    def __str__(self) -> str:
        return str(self.user)


class OwnAddress(models.Model):
    """An address of one person's own on one channel: a mobile number, a user id. Nothing but the code goes there before
    she has confirmed it. Of the code only a digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_addresses")
    channel = models.CharField(_("方式"), max_length=10)
    address = models.CharField(_("地址"), max_length=64)
    wanted = models.CharField(
        _("什么时候发"), max_length=10, choices=NoticePreference.Mail, default=NoticePreference.Mail.AT_ONCE
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    code_digest = models.CharField(max_length=32, blank=True, editable=False)
    code_until = models.DateTimeField(_("验证码失效时间"), null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(_("输错次数"), default=0)

    class Meta:
        verbose_name = _("通知地址")
        verbose_name_plural = _("通知地址")
        ordering = ["user", "channel"]
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="one_own_address_per_channel")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.channel}"


class Delivery(models.Model):
    """One notice by one way: waits, is tried until it gets through, or is given up with the last reason."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        SENDING = "sending", _("正在发送")
        SENT = "sent", _("已送达")
        FAILED = "failed", _("未送达")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("方式"), max_length=10)
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, blank=True, related_name="deliveries")
    key = models.CharField(_("事件"), max_length=160)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    not_before = models.DateTimeField(_("不早于"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    tried_at = models.DateTimeField(_("最近尝试"), null=True, blank=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)

    along: Sequence["Delivery"] = ()
    """Deliveries of the same reader about the same page that go out with this one; never kept."""

    class Meta:
        verbose_name = _("投递")
        verbose_name_plural = _("投递")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["not_before"], name="deliveries_to_do", condition=Q(state__in=["waiting", "sending"]))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel=ROBOT, robot__isnull=False) | (~Q(channel=ROBOT) & Q(robot=None)),
                name="a_delivery_by_robot_names_it",
            ),
            models.UniqueConstraint(
                fields=["notice", "channel"], name="one_delivery_per_notice_and_channel", condition=Q(robot=None)
            ),
            # Ten officers of a department are ten notices, and one message in their group.
            models.UniqueConstraint(fields=["robot", "key"], name="one_message_per_robot_and_event"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.notice_id} {self.state}"
