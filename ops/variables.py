"""Every variable that an operator may set, once.

Settings, `.env.example`, docker-compose.yml and docs/operations.md hold the same names (a test compares them), and
production does not start without those that it needs.

`containers`: it stands in `.env.example` and docker-compose.yml. `default`: what holds where it is not set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ops import environment

SHORTEST_SECRET = 32
LEAST_LETTERS = 5
"""Different characters of a secret that nobody types by leaning on a key."""


@dataclass(frozen=True)
class Variable:
    """One variable; `wrong` says of a value what production cannot take of it, "" where it is fine."""

    name: str
    default: str = ""
    secret: bool = False
    containers: bool = False
    needed: str = ""
    """What it is, said to whoever starts production without it."""
    wrong: Callable[[str], str] = lambda value: ""


def is_on(value: str) -> bool:
    return value.lower() in {"1", "true", "yes", "on"}


def _no_https(value: str) -> str:
    parts = urlsplit(value)
    return "" if parts.scheme == "https" and parts.hostname else "must begin with https:// and name a host"


def _guessable(value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        return f"must have at least {SHORTEST_SECRET} characters"
    return "" if len(set(value)) >= LEAST_LETTERS else f"must have at least {LEAST_LETTERS} different characters"


def _off(value: str) -> str:
    return "" if is_on(value) else "must be 1"


def _on(value: str) -> str:
    return "must be off in production" if is_on(value) else ""


def _names(value: str) -> set[str]:
    return {name.strip().strip("[]") for name in value.split(",") if name.strip()}


def _no_own_names(value: str) -> str:
    """Links in answers begin with the name by which one came: with any name they would lead wherever a client says."""
    return "takes every name" if "*" in _names(value) else _loopback_only(value)


def _loopback_only(value: str) -> str:
    return "" if _names(value) - {"127.0.0.1", "localhost", "::1"} else "names this machine only"


def _no_password(value: str) -> str:
    return "" if urlsplit(value).password else "has no password"


def _relative(value: str) -> str:
    known = PurePosixPath(value).is_absolute() or value.startswith("s3://") or (":/" in value and "://" not in value)
    return "" if known else "must be an absolute folder, user@host:/path or s3://bucket/path"


NEEDED = (
    Variable(
        "SITE_URL",
        containers=True,
        needed="the address of the site, https://…, with which links in mail begin",
        wrong=_no_https,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "127.0.0.1,localhost,[::1]",
        containers=True,
        needed="the names under which people come",
        wrong=_no_own_names,
    ),
    Variable("HTTPS", "0", containers=True, needed="1, when TLS ends before the site", wrong=_off),
    Variable("SECRET_KEY", secret=True, containers=True, needed="what signs sessions", wrong=_guessable),
    Variable("EMAIL_HOST", containers=True, needed="the mail server; without one every mail is a file here"),
    Variable(
        "BACKUP_TARGET",
        containers=True,
        needed="where backups go: a folder or address outside this site",
        wrong=_relative,
    ),
)
OTHERS = (
    # Where things are.
    Variable("PORT", "8000"),
    Variable("VAR_DIR", "var"),
    Variable("MEDIA_DIR", "$VAR_DIR/media"),
    Variable("FILES_BUCKET", containers=True),
    Variable("FILES_ENDPOINT", containers=True),
    Variable("FILES_REGION", containers=True),
    Variable("FILES_ACCESS_KEY", secret=True, containers=True),
    Variable("FILES_SECRET_KEY", secret=True, containers=True),
    Variable("FILE_GRACE_HOURS", "24"),
    Variable("LISTEN", "127.0.0.1:8080", containers=True),
    Variable("HJ212_LISTEN", "127.0.0.1:9212", containers=True),
    Variable("CSRF_TRUSTED_ORIGINS", containers=True),
    Variable("TRUSTED_PROXIES", "0", containers=True),
    # The database and the cache.
    Variable("DATABASE_URL", "embedded", secret=True, containers=True),
    Variable("MIGRATION_DATABASE_URL", "embedded", secret=True, containers=True),
    Variable("READER_DATABASE_URL", "embedded", secret=True, containers=True),
    Variable("DATABASE_DIRECT_URL", "none", secret=True, containers=True),
    Variable("DATABASE_REPLICA_URL", "none", secret=True, containers=True),
    Variable("REPLICA_MAX_LAG_S", "10"),
    Variable("OWNER_PASSWORD", "made once", secret=True, containers=True),
    Variable("POSTGRES_PASSWORD", "made once", secret=True, containers=True),
    Variable("READER_PASSWORD", "made once", secret=True, containers=True),
    Variable("SHARED_BUFFERS", "512MB", containers=True),
    Variable("EFFECTIVE_CACHE_SIZE", "2GB", containers=True),
    Variable("CACHE_URL", "in process", secret=True, containers=True, wrong=_no_password),
    Variable("CACHE_PASSWORD", "made once", secret=True, containers=True),
    Variable("TEST_DB_NAME", "test_geo_portal"),
    # Mail.
    Variable("EMAIL_PORT", "465", containers=True),
    Variable("EMAIL_USER", containers=True),
    Variable("EMAIL_PASSWORD", secret=True, containers=True),
    Variable("EMAIL_SSL", "1", containers=True),
    Variable("EMAIL_STARTTLS", "0", containers=True),
    Variable("EMAIL_FROM", "noreply@ the host of SITE_URL", containers=True),
    # Other channels for notices (accounts/notices/channels).
    Variable("SMS_PROVIDER", containers=True),
    Variable("SMS_KEY_ID", containers=True),
    Variable("SMS_KEY_SECRET", secret=True, containers=True),
    Variable("SMS_SIGN", containers=True),
    Variable("SMS_APP_ID", containers=True),
    Variable("SMS_REGION", "ap-guangzhou", containers=True),
    Variable("SMS_TEMPLATE_CODE", containers=True),
    Variable("SMS_TEMPLATE_NOTICE", containers=True),
    Variable("SMS_TEMPLATE_LINK", containers=True),
    Variable("DINGTALK_APP_KEY", containers=True),
    Variable("DINGTALK_APP_SECRET", secret=True, containers=True),
    Variable("DINGTALK_AGENT_ID", containers=True),
    Variable("DINGTALK_CORP_ID", containers=True),
    Variable("WECOM_CORP_ID", containers=True),
    Variable("WECOM_SECRET", secret=True, containers=True),
    Variable("WECOM_AGENT_ID", containers=True),
    Variable("FEISHU_APP_ID", containers=True),
    Variable("FEISHU_APP_SECRET", secret=True, containers=True),
    Variable("WEIXIN_MP_APP_ID", containers=True),
    Variable("WEIXIN_MP_APP_SECRET", secret=True, containers=True),
    Variable("WEIXIN_MP_TEMPLATE", containers=True),
    Variable("WEIXIN_MP_FIELDS", containers=True),
    Variable("SIGN_IN_WAYS", containers=True),
    Variable("IN_APP_SDKS", containers=True),
    Variable("WEIXIN_WEB_APP_ID", containers=True),
    Variable("WEIXIN_WEB_APP_SECRET", secret=True, containers=True),
    Variable("ZZD_APP_KEY", containers=True),
    Variable("ZZD_APP_SECRET", secret=True, containers=True),
    Variable("ZZD_HOST", containers=True),
    Variable("ZZD_LOGIN_HOST", containers=True),
    Variable("OIDC_ISSUER", containers=True),
    Variable("OIDC_CLIENT_ID", containers=True),
    Variable("OIDC_CLIENT_SECRET", secret=True, containers=True),
    # How it runs.
    Variable("DEMO", "0", containers=True),
    Variable("TRIAL", "0"),
    Variable("DEBUG", "0", wrong=_on),
    Variable("TESTING_HOOKS", "0", wrong=_on),
    Variable("LOG_LEVEL", "INFO", containers=True),
    Variable("WEB_WORKERS", "2"),
    Variable("WEB_THREADS", "96"),
    Variable("REQUEST_TIME_FACTOR", "1"),
    Variable("WORKERS", "1", containers=True),
    Variable("WORKER_STOP_SECONDS", "8"),
    Variable("TILE_TIMEOUT_MS", "5000"),
    Variable("IMPORT_MEMORY_MB", "2048"),
    Variable("IMPORT_SECONDS", "3600"),
    Variable("REQUEST_MAX_BYTES", "140 MiB"),
    Variable("UPLOAD_MAX_BYTES", "2 GiB"),
    Variable("SOURCE_INNER_ORIGINS"),
    Variable("EXPORT_KEEP_BYTES", "5 GiB"),
    # The map.
    Variable("BASEMAP_ORIGINS", containers=True),
    Variable("PMTILES_DIR", "$VAR_DIR/pmtiles"),
    Variable("PMTILES_INTERNAL"),
    Variable("HILLSHADE_DEM", "$MEDIA_DIR/district/relief.tif"),
    # The district.
    Variable("DISTRICT"),
    Variable("DISTRICT_CODE", "the first record"),
    Variable("NORMS_DIR"),
    # Backups.
    Variable("BACKUP_KEY_FILE", "$VAR_DIR/backup.key"),
    Variable("BACKUP_ENDPOINT", "that of FILES_"),
    Variable("BACKUP_REGION", "that of FILES_"),
    Variable("BACKUP_ACCESS_KEY", "that of FILES_", secret=True),
    Variable("BACKUP_SECRET_KEY", "that of FILES_", secret=True),
    Variable("BACKUP_KEEP", "7,4,12", containers=True),
    Variable("BACKUP_MAX_AGE_HOURS", "36", containers=True),
    # The chain of evidence.
    Variable("LEDGER_KEY", secret=True),
    Variable("LEDGER_KEY_FILE", "$VAR_DIR/ledger/key.pem"),
    Variable("LEDGER_TRUSTED_KEYS"),
    Variable("ANCHOR_TSA"),
    Variable("ANCHOR_TSA_ROOTS"),
    Variable("ANCHOR_PEERS", secret=True),
    Variable("ANCHOR_WITNESSES"),
    Variable("EXCHANGE_HOSTS"),
)
VARIABLES = (*NEEDED, *OTHERS)


def is_production(environ: Mapping[str, str]) -> bool:
    """Neither the demonstration, nor somebody's debugging or a trial on a machine of her own."""
    if is_on(environ.get("DEMO", "")):
        return False
    return not is_alone(environ) or not (is_on(environ.get("DEBUG", "")) or is_on(environ.get("TRIAL", "")))


def is_alone(environ: Mapping[str, str]) -> bool:
    """A site that this machine alone reaches: it has no public address and answers to no other name."""
    hosts = environ.get("ALLOWED_HOSTS", "")
    return not environ.get("SITE_URL") and (not hosts or bool(_loopback_only(hosts)))


def missing(environ: environment.Environment, but: frozenset[str] = frozenset()) -> list[str]:
    """A line for each variable, `but` these, that keeps production from starting; nothing for the demonstration."""
    if not is_production(environ):
        return []
    found = {name: value for name, value in environ.items() if value}
    if "SECRET_KEY" not in found and (environment.var_dir(environ) / "secret_key").exists():
        found["SECRET_KEY"] = environment.secret_key(environment.var_dir(environ))
    lines = []
    for variable in (each for each in VARIABLES if each.name not in but):
        value = found.get(variable.name, "")
        if not value and variable.needed:
            lines.append(f"{variable.name} is not set: {variable.needed}.")
        elif value and (fault := variable.wrong(value)):
            lines.append(f"{variable.name} {fault}{f': {variable.needed}' if variable.needed else ''}.")
    return lines


def refusal(environ: environment.Environment, but: frozenset[str] = frozenset()) -> str:
    """Why production does not start, one line for each name; "" when it may."""
    if not (lines := missing(environ, but)):
        return ""
    head = "Production does not start (DEMO=1 starts the demonstration instead; docs/operations.md has every variable):"
    return "\n".join([head, *(f"  {line}" for line in lines)])
