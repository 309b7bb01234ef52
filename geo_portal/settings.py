"""Django settings: the only reader of the environment. `docs/operations.md` lists every variable.

What no environment changes lies in `configuration/`, by topic.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2.extensions
from django.utils.csp import CSP
from redis.backoff import NoBackoff
from redis.retry import Retry

from geo_portal import __version__
from geo_portal.configuration.api import FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from geo_portal.configuration.middleware import middleware
from geo_portal.configuration.retired import RETIRED
from geo_portal.configuration.rooms import (  # noqa: F401
    DATASETS,
    INDICATORS,
    INSTALLED_APPS,
    RULES,
    SUCCESSIONS,
)
from geo_portal.configuration.signing_in import *  # noqa: F403
from ops import postgis

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var")).resolve()


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def _secret_key() -> str:
    """The environment's key, or the one that `make run` made for this machine; production has no other."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    kept = VAR_DIR / "secret_key"
    return kept.read_text().strip() if kept.exists() else ""


CONNECTION_LIMITS = {
    "connect_timeout": 3,
    # A peer that has vanished without a word is noticed within 25 s, within 10 s when something was sent.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's, seconds but for the last, which is milliseconds; what the database's address says itself goes first."""


def _database(url: str, session: str = "") -> dict:
    """Django's settings for a libpq address (`postgis://`, `postgresql://`), parsed by libpq itself.

    `session`: what holds in each session besides, as the command line of a server process.
    """
    parts = psycopg2.extensions.parse_dsn(url.replace("postgis://", "postgresql://", 1))
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database = {known[key]: value for key, value in parts.items() if key in known}
    options = {key: value for key, value in parts.items() if key not in known}
    if session:
        options["options"] = f"{options.get('options', '')} {session}".strip()
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**CONNECTION_LIMITS, **options},
        "TEST": {"NAME": os.environ.get("TEST_DB_NAME", "test_geo_portal")},
        **database,
    }


def _other_role(variable: str, embedded: str) -> dict | None:
    """The address of another role on the same database: the environment's, or that of the embedded cluster."""
    if url := os.environ.get(variable):
        return _database(url)
    return None if os.environ.get("DATABASE_URL") else _database(postgis.database_url(VAR_DIR, embedded))


def _credentials(*names: str) -> dict[str, str]:
    """What the operator set of a channel for notices (`accounts/notices/channels`); empty where nothing."""
    return {name: os.environ.get(name, "").strip() for name in names}


def _mailer() -> dict:
    """The mail server of the environment; without one, every mail becomes a file under `VAR_DIR/mail`."""
    if not (host := os.environ.get("EMAIL_HOST")):
        folder = {"file_path": VAR_DIR / "mail"}
        return {"BACKEND": "geo_portal.mail_files.PrivateFiles", "OPTIONS": folder}
    options = {
        "host": host,
        "port": int(os.environ.get("EMAIL_PORT", 465)),
        "username": os.environ.get("EMAIL_USER", ""),
        "password": os.environ.get("EMAIL_PASSWORD", ""),
        "use_ssl": _flag("EMAIL_SSL", True),
        "use_tls": _flag("EMAIL_STARTTLS", False),
        "timeout": 20,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


VERSION = __version__
DEBUG = _flag("DEBUG", False)
DEMO = _flag("DEMO", False)
"""Whether this is the demonstration: only then do the demo passwords open anything."""
TESTING_HOOKS = _flag("TESTING_HOOKS", False)
"""Expose the map object to browser tests. Never in production."""

SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS")
SITE_URL = os.environ.get("SITE_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
"""How the outside reaches this site: what links in e-mails and robots' messages begin with."""
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", 0))
"""How many proxies of our own stand in front; only what they say of a visitor's address is believed."""

_REPLICA_URL = os.environ.get("DATABASE_REPLICA_URL", "")
READS_ONLY = bool(_REPLICA_URL)
"""Whether this web process lives on a streaming standby alone: it answers what anybody may read, and what would write
is for another (`replica.py`, decision 52)."""
REPLICA_MAX_LAG_S = float(os.environ.get("REPLICA_MAX_LAG_S", 10))
"""Beyond it such a process is not ready."""

MIDDLEWARE = middleware(reads_only=READS_ONLY)
ROOT_URLCONF = "geo_portal.urls"
WSGI_APPLICATION = "geo_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "geo_portal" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "geo_portal.context.site",
            ]
        },
    }
]

DATABASES = {
    # Its sessions stay without the right to write also after the standby has become the primary.
    "default": _database(_REPLICA_URL, "-c default_transaction_read_only=on")
    if READS_ONLY
    else _database(os.environ.get("DATABASE_URL") or postgis.database_url(VAR_DIR))
}
APP_ROLE = DATABASES["default"].get("USER", "")
"""As whom the site and its workers write: it owns nothing but the tables of layers (`ledger.roles`)."""
OWNER_DATABASE = None if READS_ONLY else _other_role("MIGRATION_DATABASE_URL", postgis.OWNER)
"""How the owner of the tables connects, whom migrations need; None in a process that is not told, as it should be."""
READER_DATABASE = None if READS_ONLY else _other_role("READER_DATABASE_URL", postgis.READER)
"""How tiles are read; None: as the site's own role."""
_DIRECT_URL = "" if READS_ONLY else os.environ.get("DATABASE_DIRECT_URL", "")
DIRECT_DATABASE = _database(_DIRECT_URL) if _DIRECT_URL else None
"""Past a pooler, for what needs a session of its own. Where it is set, the addresses above lead through one that gives
a session for a transaction only (PgBouncer's mode `transaction`), and nothing relies on more than that."""
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DIRECT_DATABASE is not None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_CACHE_URL = os.environ.get("CACHE_URL", "")
# Without its cache the site computes what it would have found there. It does not wait long to find out.
_SHARED_CACHE = {
    "BACKEND": "django_redis.cache.RedisCache",
    "LOCATION": _CACHE_URL,
    "OPTIONS": {
        "SERIALIZER": "ui.plain_values.PlainValues",  # by default it is pickle, which runs what it reads
        "IGNORE_EXCEPTIONS": True,
        "SOCKET_CONNECT_TIMEOUT": 0.3,
        "SOCKET_TIMEOUT": 0.5,
        "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0)},
    },
}
CACHES = {
    "default": _SHARED_CACHE
    if _CACHE_URL
    else {
        "BACKEND": "ui.plain_values.InProcess",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Vector tiles: each process has its own in memory, and this is what they share.
    "tiles": {**_SHARED_CACHE, "KEY_PREFIX": "tiles"}
    if _CACHE_URL
    else {"BACKEND": "tiles.cache.shared_store.FileStore", "LOCATION": VAR_DIR / "tiles"},
}

FORM_RENDERER = "ui.forms.renderer.PageRenderer"

MAILERS = {"default": _mailer()}
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or f"noreply@{SITE_HOST}"
SMS = _credentials(
    "SMS_PROVIDER", "SMS_KEY_ID", "SMS_KEY_SECRET", "SMS_SIGN", "SMS_APP_ID", "SMS_REGION",
    "SMS_TEMPLATE_CODE", "SMS_TEMPLATE_NOTICE", "SMS_TEMPLATE_LINK",
)  # fmt: skip
DINGTALK = _credentials("DINGTALK_APP_KEY", "DINGTALK_APP_SECRET", "DINGTALK_AGENT_ID", "DINGTALK_CORP_ID")
WECOM = _credentials("WECOM_CORP_ID", "WECOM_SECRET", "WECOM_AGENT_ID")
FEISHU = _credentials("FEISHU_APP_ID", "FEISHU_APP_SECRET")
WEIXIN_MP = _credentials("WEIXIN_MP_APP_ID", "WEIXIN_MP_APP_SECRET", "WEIXIN_MP_TEMPLATE", "WEIXIN_MP_FIELDS")
SIGN_IN_WAYS = _words("SIGN_IN_WAYS")
"""Ways of signing in beside the password (`accounts/signin/ways`), where what each needs is set."""
IN_APP_SDKS = _words("IN_APP_SDKS")
"""Of these, the ones whose own script pages load inside the program (`accounts/signin/in_app`)."""
WEIXIN_WEB = _credentials("WEIXIN_WEB_APP_ID", "WEIXIN_WEB_APP_SECRET")
ZZD = _credentials("ZZD_APP_KEY", "ZZD_APP_SECRET", "ZZD_HOST", "ZZD_LOGIN_HOST")
OIDC = _credentials("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "geokit" / "locale"]  # geokit is no app, so Django would not look there
FORMAT_MODULE_PATH = "geo_portal.formats"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WEB_DIST = BASE_DIR / "web" / "dist"
PMTILES_DIR = Path(os.environ.get("PMTILES_DIR", VAR_DIR / "pmtiles"))
"""Each `<name>.pmtiles` in it is served as the tileset of that name."""
PMTILES_INTERNAL = _words("PMTILES_INTERNAL")
"""Names of those that only signed-in people see; the others are public."""
FONT_DIR = WEB_DIST / "fonts"
"""The map's font, put there by the web build."""
GLYPH_DIR = VAR_DIR / "glyphs"
"""Glyph ranges that have been drawn."""
DJANGO_VITE = {
    "default": {
        "manifest_path": WEB_DIST / "manifest.json",
        "static_url_prefix": "web",
        "app_client_class": "ui.web_build.WebBuild",
    }
}
STATICFILES_DIRS = [("web", WEB_DIST)] if WEB_DIST.is_dir() else []
# Vite names its files by content, so nothing has to hash them again.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/web/assets/.+-[\w-]{8}\.\w+$"
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = Path(os.environ.get("MEDIA_DIR", VAR_DIR / "media"))
MEDIA_URL = "/media/"  # never served as such: every photo goes through a view that checks who asks
FILES_BUCKET = os.environ.get("FILES_BUCKET", "")
"""Where it is set, files of rows lie in this bucket of an S3-compatible store (decision 39)."""
FILE_GRACE_HOURS = float(os.environ.get("FILE_GRACE_HOURS", 24))
"""How old a file that no row names must be before the nightly clean-up removes it; never less than an import takes."""
STORAGES = {
    "default": {"BACKEND": "ledger.filestore.folder.FolderStore"}
    if not FILES_BUCKET
    else {
        "BACKEND": "ledger.filestore.bucket.BucketStore",
        "OPTIONS": {
            "bucket_name": FILES_BUCKET,
            "endpoint_url": os.environ.get("FILES_ENDPOINT") or None,
            "region_name": os.environ.get("FILES_REGION") or None,
            "access_key": os.environ.get("FILES_ACCESS_KEY") or None,
            "secret_key": os.environ.get("FILES_SECRET_KEY") or None,
            "default_acl": None,
            "querystring_auth": False,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The differences of a workbook of 3,000 rows come back as one form (`ui/many_rows`).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 30_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = int(os.environ.get("UPLOAD_MAX_BYTES", 2 * 1024**3))
SOURCE_INNER_ORIGINS = _words("SOURCE_INNER_ORIGINS")
"""Scheme, host and port of services of the inner network that layers may be read from (`layers/sources`)."""
FORM_MAX_BYTES = 6 * 1024**2
"""A form of words, or JSON. A longer request is refused by its announced length, before it is read."""
REQUEST_MAX_BYTES = int(os.environ.get("REQUEST_MAX_BYTES", 140 * 1024**2))
"""Nine photos and the words with them, or a workbook."""
UPLOADS_AT = "^/(layers/import|stations/areas/upload)/"
"""Where layer files come in, from who is signed in; anybody else is held to a form of words there."""
PHOTOS_AT = (
    "^/(cms|report|suggestions|my|to|line|papers|patrols|projects|questions|stations|river|library|setup|exchange"
    "|work/people|api/v1/(findings|suggestions|exchange))[/.]"
)
REQUEST_MAX_BYTES_AT = {UPLOADS_AT: UPLOAD_MAX_BYTES + 1024**2, PHOTOS_AT: REQUEST_MAX_BYTES}
"""Patterns of addresses, the first that fits counts. `ops/container/nginx.conf` has the same, and a test compares."""

BASEMAP_ORIGINS = _words("BASEMAP_ORIGINS")
"""Whom the browser may ask for map data beside this site and the base map of the district's record."""
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:", *BASEMAP_ORIGINS],
    "connect-src": [CSP.SELF, *BASEMAP_ORIGINS],
    "worker-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
# Production stands behind a proxy that speaks TLS; the demonstration on 127.0.0.1 does not.
HTTPS = _flag("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_AGE = 14 * 24 * 3600

REST_FRAMEWORK = FRAMEWORK
JSON_UNDER = ("/api/", "/tiles/", "/rasters/", "/styles/", "/fonts/", "/ogc/", "/sta/", "/by-token/")
"""Addresses that programs ask: they get an error as JSON, people get a page."""

# An import runs in a process of its own within these limits.
IMPORT_MEMORY_MB = int(os.environ.get("IMPORT_MEMORY_MB", 2048))
IMPORT_SECONDS = int(os.environ.get("IMPORT_SECONDS", 3600))
# The chain of evidence: the key that signs its heads, outside the database (PEM, or a file), the public keys of earlier
# anchors, and where anchors go: addresses of RFC 3161 authorities, other instances as address#token, mail addresses.
LEDGER_KEY = os.environ.get("LEDGER_KEY", "")
LEDGER_KEY_FILE = Path(os.environ.get("LEDGER_KEY_FILE", VAR_DIR / "ledger" / "key.pem"))
LEDGER_TRUSTED_KEYS = _words("LEDGER_TRUSTED_KEYS")
ANCHORS: dict[str, Any] = {
    "timestamps": _words("ANCHOR_TSA"),
    "timestamp_roots": os.environ.get("ANCHOR_TSA_ROOTS", ""),
    "peers": dict(word.rpartition("#")[::2] for word in _words("ANCHOR_PEERS")),
    "witnesses": _words("ANCHOR_WITNESSES"),
}
EXCHANGE_HOSTS = _words("EXCHANGE_HOSTS")
"""Other instances that packages may be pushed to, as ``https://host[:port]``: the operator's word, inner ones too."""

# Backups: where they go, the file of the key that encrypts them (without it they are not encrypted), for how many days,
# weeks and months one is kept, and after how many hours without a good one people are told.
BACKUP_TARGET = os.environ.get("BACKUP_TARGET") or str(VAR_DIR / "backups")
BACKUP_BUCKET = {
    "endpoint_url": os.environ.get("BACKUP_ENDPOINT", os.environ.get("FILES_ENDPOINT", "")),
    "region_name": os.environ.get("BACKUP_REGION", os.environ.get("FILES_REGION", "")),
    "aws_access_key_id": os.environ.get("BACKUP_ACCESS_KEY", os.environ.get("FILES_ACCESS_KEY", "")),
    "aws_secret_access_key": os.environ.get("BACKUP_SECRET_KEY", os.environ.get("FILES_SECRET_KEY", "")),
}
"""How the store of `BACKUP_TARGET=s3://…` is reached."""
BACKUP_KEY_FILE = Path(os.environ.get("BACKUP_KEY_FILE") or VAR_DIR / "backup.key")
BACKUP_KEY_EXPECTED = bool(os.environ.get("BACKUP_KEY_FILE"))
"""A key that somebody named must be there; no backup is left in the clear because its file was lost."""
BACKUP_KEEP = tuple(int(number) for number in _words("BACKUP_KEEP", "7,4,12"))
BACKUP_MAX_AGE_HOURS = float(os.environ.get("BACKUP_MAX_AGE_HOURS", 36))

EXPORT_KEEP_BYTES = int(os.environ.get("EXPORT_KEEP_BYTES", 5 * 1024**3))
"""Prepared exports in all; above it the oldest go before their day is over."""

# Threads of a web process: how many requests of each kind may be answered at once follows from it (`concurrency.py`).
WEB_THREADS = int(os.environ.get("WEB_THREADS", 96))
REQUEST_TIME_FACTOR = float(os.environ.get("REQUEST_TIME_FACTOR", 1))
"""By what the time that a request may take is multiplied, for a machine that is slow."""

# Background jobs (`manage.py work_jobs`): processes for each lane that computes, and how long a worker that is told to
# stop may go on with its job before it gives it back.
WORKERS = int(os.environ.get("WORKERS", 1))
WORKER_STOP_SECONDS = float(os.environ.get("WORKER_STOP_SECONDS", 8))

# A folder with further standards for the class of a water, or later versions, as TOML files (docs/water-class.md).
NORMS_DIR = os.environ.get("NORMS_DIR", "")

RETIRED_VARIABLES = [name for name in RETIRED if name in os.environ]
"""Those that are still set; `manage.py check` names them."""

TILE_STATEMENT_TIMEOUT_MS = int(os.environ.get("TILE_TIMEOUT_MS", 5_000))
HILLSHADE_DEM = Path(os.environ.get("HILLSHADE_DEM", MEDIA_ROOT / "district" / "relief.tif"))
"""Heights of the district (GeoTIFF), for the shading of the base map; without the file there is none."""

DISTRICT_CODE = os.environ.get("DISTRICT_CODE", "")
"""Which district's record counts where a database holds several; usually empty (`accounts.district`)."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"discreet": {"()": "geo_portal.log_redaction.DiscreetFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["discreet"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # The first two report every file; the third every page that is set, to `ui.printing` alone.
    "loggers": {
        "pyogrio": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint.progress": {"level": "INFO", "propagate": False},
    },
}
