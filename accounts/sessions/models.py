"""Who is signed in where, and the log of signing in. The log is only ever added to until its time is over."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

NETWORK_LENGTH, DEVICE_LENGTH = 50, 60


class Factor(models.TextChoices):
    """What somebody showed beside, or in place of, her password."""

    NONE = "", _("没有两步验证")
    TOTP = "totp", _("动态码")
    PASSKEY = "webauthn", _("通行密钥")
    CODE = "recovery_codes", _("恢复码")


class Way(models.TextChoices):
    """By which program somebody came in place of her password; the names are those of `accounts.signin.ways`."""

    NONE = "", _("本站密码或通行密钥")
    DINGTALK = "dingtalk", _("钉钉")
    WECOM = "wecom", _("企业微信")
    WEIXIN_MP = "weixin_mp", _("微信")
    WEIXIN_WEB = "weixin_web", _("微信扫码")
    WEIXIN = "weixin", _("微信")
    FEISHU = "feishu", _("飞书")
    ZHEZHENGDING = "zhezhengding", _("浙政钉")
    OIDC = "oidc", _("统一身份认证")


class SignInEvent(models.Model):
    """One thing that happened at the door. A trigger refuses every change, and deletion within half a year."""

    class Outcome(models.TextChoices):
        ENTERED = "entered", _("登录成功")
        WRONG = "wrong", _("密码不对")
        WRONG_FACTOR = "wrong-factor", _("两步验证没有通过")
        REFUSED = "refused", _("次数过多，没有受理")
        LEFT = "left", _("本人退出")
        IDLE = "idle", _("闲置超时，已退出")
        EXPIRED = "expired", _("到了最长时间，已退出")
        ENDED = "ended", _("从别处结束登录")
        PASSWORD = "password", _("改了密码")
        EMAIL = "email", _("换了邮箱")
        FACTOR_ADDED = "factor-added", _("添加两步验证")
        FACTOR_REMOVED = "factor-removed", _("取消两步验证")
        FACTOR_RESET = "factor-reset", _("两步验证被重置")
        CODES = "codes", _("换了恢复码")
        WAY_ADDED = "way-added", _("绑定其他登录方式")
        WAY_REMOVED = "way-removed", _("解除其他登录方式")
        WAY_FAILED = "way-failed", _("对方没有确认身份")

    at = models.DateTimeField(_("时间"), db_default=Now())
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("人员")
    )
    unknown_name = models.CharField(max_length=32, blank=True, db_default="")
    """A keyed digest of a name that nobody has: what people type there by mistake may be a password."""
    outcome = models.CharField(_("结果"), max_length=16, choices=Outcome)
    factor = models.CharField(_("验证方式"), max_length=16, choices=Factor, blank=True, db_default="")
    way = models.CharField(_("登录方式"), max_length=16, choices=Way, blank=True, db_default="")
    network = models.CharField(_("网络"), max_length=NETWORK_LENGTH, blank=True, db_default="")
    """The network around the address (a /24, of IPv6 a /48), never the address itself."""
    device = models.CharField(_("设备"), max_length=DEVICE_LENGTH, blank=True, db_default="")

    class Meta:
        verbose_name = _("登录记录")
        verbose_name_plural = _("登录记录")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"]), models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.user or '?'} {self.outcome}"

    @property
    def tone(self) -> str:
        """How its badge looks; the word says it all."""
        outcome = SignInEvent.Outcome(self.outcome)
        if outcome in (self.Outcome.WRONG, self.Outcome.WRONG_FACTOR, self.Outcome.REFUSED, self.Outcome.WAY_FAILED):
            return "bad"
        return "ok" if outcome == self.Outcome.ENTERED else "muted"


class OpenSession(models.Model):
    """A browser in which somebody is signed in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    begun_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))
    factor = models.CharField(_("验证方式"), max_length=16, choices=Factor, blank=True, db_default="")
    way = models.CharField(_("登录方式"), max_length=16, choices=Way, blank=True, db_default="")
    network = models.CharField(_("网络"), max_length=NETWORK_LENGTH, blank=True, db_default="")
    device = models.CharField(_("设备"), max_length=DEVICE_LENGTH, blank=True, db_default="")

    class Meta:
        verbose_name = _("登录中的设备")
        verbose_name_plural = _("登录中的设备")
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return self.device
