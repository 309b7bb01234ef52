"""A few words for the device that asks, from what its browser says of itself: for people to recognise, no proof."""

from django.utils.translation import gettext as _

LONGEST = 400
"""Characters of the header that are looked at."""
APPS = (
    ("dingtalk", "钉钉"),
    ("wxwork", "企业微信"),
    ("micromessenger", "微信"),
    ("edg", "Edge"),
    ("huaweibrowser", "华为浏览器"),
    ("miuibrowser", "小米浏览器"),
    ("ucbrowser", "UC 浏览器"),
    ("qqbrowser", "QQ 浏览器"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
SYSTEMS = (
    ("harmonyos", "HarmonyOS"),
    ("openharmony", "HarmonyOS"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("uos", "统信 UOS"),
    ("kylin", "麒麟"),
    ("linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """Return program and system, such as ``Chrome · Windows``.

    >>> device_words("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile MicroMessenger/8.0")
    '微信 · Android'
    >>> device_words("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0")
    'Edge · Windows'
    """
    said = user_agent[:LONGEST].lower()
    found = (next((name for sign, name in signs if sign in said), "") for signs in (APPS, SYSTEMS))
    return " · ".join(name for name in found if name) or _("未知设备")
