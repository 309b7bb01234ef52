"""Where backups go: a folder here, or one on another machine or in a bucket to which a copy of it is carried."""

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from backups import bucket
from backups.faults import BackupFault

REMOTE = re.compile(r"(?P<login>[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*):(?P<path>/[^\0]*)")
SSH = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=20")


@dataclass(frozen=True)
class Place:
    """A target as it was named. `folder` is where the backups lie on this machine."""

    named: str
    folder: Path
    login: str = ""
    path: str = ""
    bucket: str = ""

    @property
    def is_remote(self) -> bool:
        return bool(self.login or self.bucket)


def parse(named: str) -> Place:
    """What BACKUP_TARGET, TO= or FROM= names. Raises BackupFault for an address that cannot be used, in words."""
    away = Path(settings.VAR_DIR) / "backups"
    if (found := bucket.ADDRESS.fullmatch(named)) is not None:
        return Place(named, away, path=found["path"].strip("/"), bucket=found["bucket"])
    if "://" in named:
        raise BackupFault(
            _("不支持 %s 这样的地址：请用文件夹、user@host:/路径 或 s3://存储桶/路径。") % named.split("://")[0]
        )
    if (found := REMOTE.fullmatch(named)) is not None:
        return Place(named, away, found["login"], found["path"].rstrip("/"))
    folder = Path(named).expanduser()
    if not named or not folder.is_absolute():
        raise BackupFault(_("备份位置 %s 不是完整的路径：它要以 / 开头。") % (named or '""'))
    return Place(named, folder)


def send(place: Place, names: list[str], gone: list[str]) -> None:
    """Carry what is new to the other machine or the bucket: contents first, then the folders that name them.

    A file that is cut on its way has no name there yet. Only the backups named by `gone` are removed there, so an empty
    machine here cannot empty that one.
    """
    if not place.is_remote:
        return
    if place.bucket:
        bucket.send(place.bucket, place.path, place.folder, names, gone)
        return
    _ssh(place, f"mkdir -p {shlex.quote(place.path)}")
    _rsync(f"{place.folder}/files", f"{place.login}:{place.path}/")
    # In one go, the oldest first; what is there already is not sent again.
    _rsync(*(f"{place.folder}/{name}" for name in sorted(names)), f"{place.login}:{place.path}/")
    if gone:
        words = " ".join(shlex.quote(f"{place.path}/{name}") for name in gone)
        _ssh(place, f"rm -rf -- {words}")


def bring(place: Place) -> None:
    """Fetch all backups of another machine or of a bucket into the folder here. Nothing for a folder."""
    if not place.is_remote:
        return
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.bucket:
        bucket.bring(place.bucket, place.path, place.folder)
    else:
        _rsync("--exclude=*.partial", "--exclude=.lock", f"{place.login}:{place.path}/", f"{place.folder}/")


def _rsync(*words: str) -> None:
    if shutil.which("rsync") is None:
        raise BackupFault(_("这台机器上没有 rsync；请安装 Debian 软件包 rsync。"))
    _run("rsync", "--archive", "--rsh", f"ssh {' '.join(SSH)}", *words)


def _ssh(place: Place, command: str) -> None:
    _run("ssh", *SSH, place.login, command)


def _run(*words: str) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - a program and words of ours
    except FileNotFoundError:
        raise BackupFault(_("这台机器上没有 %s。") % words[0]) from None
    if done.returncode:
        said = done.stderr.strip()[-400:]
        raise BackupFault(_("没有送到另一台机器（%(program)s）：%(said)s") % {"program": words[0], "said": said})
