"""The keys that lie outside the database: what signs sessions, what signs anchors, and the anchors beside it.

They are a part of their own, so that whoever keeps the backups may keep them elsewhere.
"""

import io
import os
import tarfile
import time
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from backups.faults import BackupFault
from ledger.anchors.services import journal

SECRET, ANCHORS = "secret_key", "ledger"
PEM = f"{ANCHORS}/key.pem"


def pack() -> bytes:
    """A tar of the keys: `secret_key`, `ledger/key.pem` and whatever lies beside that."""
    out, key_file = io.BytesIO(), Path(settings.LEDGER_KEY_FILE)
    with tarfile.open(fileobj=out, mode="w") as tar:
        _add(tar, SECRET, settings.SECRET_KEY.encode() + b"\n")
        if settings.LEDGER_KEY:
            _add(tar, PEM, settings.LEDGER_KEY.encode())
        for path in _beside_the_key():
            if path.is_file() and not path.name.startswith("."):
                name = PEM if path == key_file else f"{ANCHORS}/{path.relative_to(key_file.parent)}"
                if name != PEM or not settings.LEDGER_KEY:
                    _add(tar, name, path.read_bytes())
    return out.getvalue()


def _beside_the_key() -> list[Path]:
    """The key of the anchors with all that lies in its folder; in a folder of another name, with the anchors only."""
    key_file = Path(settings.LEDGER_KEY_FILE)
    if key_file.parent.name == ANCHORS:
        return sorted(key_file.parent.rglob("*"))
    return [path for path in (key_file, journal()) if os.access(path, os.R_OK)]  # kept from us on purpose, perhaps


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = len(content), 0o600, int(time.time())
    tar.addfile(about, io.BytesIO(content))


def unpack(packed: bytes, folder: Path) -> list[str]:
    """Write the keys below a folder (0600); their names. A file that is there with other content is kept beside them.

    Raises BackupFault for an archive that is none, or that leads out of the folder.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            found = {each.name: tar.extractfile(each) for each in tar.getmembers() if each.isfile()}
            content = {name: file.read() for name, file in found.items() if file is not None}
    except tarfile.TarError as error:
        raise BackupFault(_("备份中的密钥包不完整。")) from error
    for name in content:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise BackupFault(_("备份中的密钥包不完整。"))
    return [name for name, each in content.items() if _write(folder / name, each)]


def _write(path: Path, content: bytes) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() != content:
        path.replace(path.with_name(f"{path.name}.before-{time.strftime('%Y%m%dT%H%M%S')}"))
    path.touch(mode=0o600)
    path.write_bytes(content)
    return True
