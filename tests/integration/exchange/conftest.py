"""A partner with a key of its own, and packages as it makes them, right or wrong in one thing."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from exchange.packages.container import signed_bytes
from exchange.register import services
from exchange.register.models import Partner
from tests.integration.exchange.instances import new_key, public

CITY = "330200"
KINDS = ["papers", "answers"]


class Maker:
    """Makes packages of the city; `made_at` moves on by a minute with each."""

    def __init__(self, folder: Path) -> None:
        self.key, self.folder = new_key(), folder
        self.made_at = timezone.now() - timedelta(hours=2)

    def content(self, records: dict[str, list[Any]], files: dict[str, bytes] | None = None, **said: Any) -> bytes:
        """The bytes of a package; `said` replaces words of the manifest, `extra` adds entries that it does not name."""
        self.made_at += timedelta(minutes=1)
        entries = {f"records/{kind}.jsonl": _lines(rows) for kind, rows in records.items()}
        entries |= {f"files/{name}": content for name, content in (files or {}).items()}
        extra, left_out, other = said.pop("extra", {}), said.pop("left_out", ()), said.pop("other", {})
        key = said.pop("key", self.key)
        parts = [
            {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for path, content in entries.items()
        ]
        manifest = {
            "format": "exchange-package", "version": "1.0", "origin": CITY, "site": "https://city.example",
            "to": "330203", "made_at": self.made_at.isoformat(), "parts": parts,
        }  # fmt: skip
        text = json.dumps(manifest | said, ensure_ascii=False).encode()
        entries |= {"manifest.json": text, "manifest.sig": key.sign(signed_bytes(text)).hex().encode()}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in (entries | other | extra).items():
                if path not in left_out:
                    archive.writestr(path, content)
        return out.getvalue()

    def file(self, *args: Any, **said: Any) -> Path:
        path = self.folder / f"{self.made_at.timestamp()}.zip"
        path.write_bytes(self.content(*args, **said))
        return path


def _lines(rows: list[Any]) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def paper(number: str = "J1", **more: Any) -> dict[str, Any]:
    """A paper of the city."""
    return {
        "id": f"{CITY}/papers/{number}", "number": number, "kind": "suggestion", "title": "关于河道的建议",
        "facts": "水面有油膜", "state": "assigned", "congress": "市人大", "is_public": True,
    } | more  # fmt: skip


def partner_fields(key: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "市人大平台", "public_key": key, "url": "", "secret": "", "kinds": KINDS, "is_internal": True,
        "is_active": True,
    } | more  # fmt: skip


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


@pytest.fixture
def registered(staff: Any, maker: Maker) -> tuple[Partner, str]:
    """The city as a partner, and the token by which it pushes."""
    return services.register_partner(staff, CITY, partner_fields(public(maker.key)))


@pytest.fixture
def city(registered: tuple[Partner, str]) -> Partner:
    return registered[0]
