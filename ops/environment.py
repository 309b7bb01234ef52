"""What `make` and manage.py settle before Django's settings are read: VAR_DIR, the secret key, whose database."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from ops import postgis

ROOT = Path(__file__).resolve().parent.parent

Environment = MutableMapping[str, str]


def var_dir(environ: Environment) -> Path:
    """VAR_DIR; a relative one counts from the top of the clone, not from where the command was typed."""
    return (ROOT / (environ.get("VAR_DIR") or "var")).resolve()


def uses_embedded(environ: Environment) -> bool:
    return not environ.get("DATABASE_URL")


def secret_key(folder: Path) -> str:
    """The key of this VAR_DIR, made at its first use and readable by its owner alone."""
    path = folder / "secret_key"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"secret_key.{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50) + "\n")
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)  # of two that start together, one wins and both read the same key
    fresh.unlink()
    return path.read_text().strip()


@contextlib.contextmanager
def database(environ: Environment, *, durable: bool = True) -> Iterator[None]:
    """The embedded cluster for the length of the block, with a secret key beside it; nothing where DATABASE_URL is
    set, for there the operator supplies both."""
    if not uses_embedded(environ):
        yield
        return
    folder = var_dir(environ)
    environ["VAR_DIR"] = str(folder)
    with postgis.hold(folder, durable=durable):
        if not environ.get("SECRET_KEY"):
            environ["SECRET_KEY"] = secret_key(folder)
        yield
