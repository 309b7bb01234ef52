"""Bringing a site back from a backup.

The database is restored under another name and the files into another folder; only when both have proven to be what
was copied do they take the place of what is there, which is kept beside them.
"""

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from backups import contents, databases, erasures, keys, restored_accounts
from backups.faults import BackupFault
from backups.proving import Proof, ask, prove
from backups.sealing import Seal
from backups.store import KEYS, Backup, Store, open_backup
from ops import environment

Say = Callable[[str], None]
AT_WORK = "_restoring"


@dataclass(frozen=True)
class Present:
    """What there is on this machine already."""

    accounts: int
    links: int
    files: int

    @property
    def is_empty(self) -> bool:
        return not (self.accounts or self.links or self.files)


def find(place: Path) -> Backup:
    """The backup in a folder, or the newest of a folder of backups. Raises BackupFault where there is none."""
    if (one := open_backup(place)) is not None:
        return one
    if (newest := next(iter(Store(place).backups()), None)) is not None:
        return newest
    raise BackupFault(_("%s 中没有完整的备份。") % place)


def present() -> Present:
    """What a restore here would replace."""
    accounts = links = 0
    if databases.has_site(databases.ours()):
        found = databases.facts_of(databases.ours())
        accounts, links = found["rows"].get("public.accounts_user", 0), found["chain"]["links"]
    files = sum(len(list(_some(folder))) for folder in contents.roots().values())
    return Present(accounts, links, files)


def _some(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def refuse_to_overwrite(here: Present, backup: Backup) -> None:
    """Raises BackupFault for a machine that holds a site, saying what would be replaced."""
    if not here.is_empty:
        raise BackupFault(
            _(
                "这里已经有一个站点：%(accounts)d 个账号，证据链 %(links)d 环，%(files)d 个文件；备份 %(name)s 之后写入"
                "的内容会不再显示。确实要换成备份中的内容，请加上 FORCE=1（现有的数据库和文件会改名保留）。"
            )
            % {"accounts": here.accounts, "links": here.links, "files": here.files, "name": backup.name}
        )


def _refuse_mounts() -> None:
    """A folder where something is mounted cannot be renamed. Raises BackupFault before anything is begun."""
    for folder in contents.roots().values():
        if folder.is_mount():
            raise BackupFault(
                _("%s 是单独挂载的文件夹，恢复时不能整个替换：请在设置里改用其中的一个子文件夹。") % folder
            )


def restore(backup: Backup, seal: Seal, say: Say, *, anyway: bool = False) -> Proof:
    """Put a backup in the place of what is here. Raises BackupFault when anything differs; then nothing is replaced.

    `anyway`: also with lost files and faults of the chain, which the site had before, or which are the copy's own.
    """
    _refuse_mounts()
    name = f"{databases.ours()}{AT_WORK}"
    folders = {root: folder.with_name(f"{folder.name}{AT_WORK}") for root, folder in contents.roots().items()}
    try:
        databases.make(name)
        say(_("正在恢复数据库……"))
        proof = prove(backup, seal, name, read_files=False)
        say(_("正在恢复文件……"))
        entries = contents.read_list(backup, seal)
        proof.faults += _write_files(backup, seal, entries, folders)
        _refuse_what_differs(proof, anyway=anyway)
        ask(name, entries, "--for-use")
        erased, changed = erasures.since(backup), restored_accounts.since(backup, name)
        _put_in_place(name, folders, say)
    except BaseException:
        databases.drop(name)
        raise
    finally:
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)
    _restore_keys(backup, seal, say)
    _erase_again(erased, say)
    proof.review = restored_accounts.settle(changed)
    for words in proof.review:
        say(words)
    return proof


def _refuse_what_differs(proof: Proof, *, anyway: bool) -> None:
    found = [*proof.differences, *(() if anyway else proof.faults)]
    if not found:
        return
    lines = [_("恢复出来的内容和备份时不同，没有替换任何内容："), *found]
    if not proof.differences:
        lines.append(
            _("站点备份时可能就已经这样，也可能是备份损坏。确实要照备份中的样子恢复，请加上 ANYWAY=1，再逐项处理。")
        )
    raise BackupFault("\n".join(lines))


def _write_files(backup: Backup, seal: Seal, entries: list[contents.Entry], folders: dict[str, Path]) -> list[str]:
    """Write every file where it belongs, none that is damaged; the differences in words."""
    differences = []
    for folder in folders.values():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o750, parents=True)
    for entry in entries:
        target = folders[entry.root] / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source = backup.store.files / seal.name_of(entry.sha256)
            with source.open("rb") as stored, target.open("wb") as file:
                read = seal.read(stored, file)
            os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))
            if read.hash.hexdigest() == entry.sha256:
                continue
        except (FileNotFoundError, BackupFault):
            pass
        target.unlink(missing_ok=True)
        differences.append(_("文件 %s 被改动过或者丢失") % entry.path)
    return differences


def _put_in_place(name: str, folders: dict[str, Path], say: Say) -> None:
    """Database first: until the files follow, a moment later, rows name files that are not there yet."""
    if before := databases.put_in_place(name):
        say(_("原来的数据库保留为 %s。") % before)
    for root, folder in contents.roots().items():
        kept = folder.with_name(f"{folder.name}.before")
        if _some(folder):
            shutil.rmtree(kept, ignore_errors=True)
            folder.rename(kept)
            say(_("原来的文件保留在 %s。") % kept)
        elif folder.is_dir():
            shutil.rmtree(folder)
        folders[root].rename(folder)


def _erase_again(erased: list[erasures.Erased], say: Say) -> None:
    left = erasures.make_again(erased)
    if erased:
        say(_("备份之后依法删除过的个人信息已再次删除：%d 处。") % (len(erased) - len(left)))
    for words in left:
        say(_("没有能再次删除，请用 manage.py erase_text 补做：%s") % words)


def _restore_keys(backup: Backup, seal: Seal, say: Say) -> None:
    if (part := backup.part(KEYS)) is None or not part.exists():
        say(_("这份备份没有密钥：大家要重新登录并重新绑定验证器，证据链会换一把锚定密钥。"))
        return
    out = io.BytesIO()
    with part.open("rb") as source:
        seal.read(source, out)
    keys.unpack(out.getvalue(), Path(settings.VAR_DIR))
    say(_("密钥已恢复到 %s。") % settings.VAR_DIR)
    restored, expected = Path(settings.VAR_DIR) / keys.PEM, Path(settings.LEDGER_KEY_FILE).resolve()
    if restored.exists() and restored != expected and not settings.LEDGER_KEY:
        words = {"restored": restored, "expected": expected}
        say(_("证据链的密钥在 %(restored)s：启动前请把它移到 LEDGER_KEY_FILE 所指的 %(expected)s。") % words)
    is_given = not environment.uses_embedded(os.environ)  # else the file is read at the next start
    if is_given and settings.SECRET_KEY.encode() not in out.getvalue():
        say(_("SECRET_KEY 与备份时不同：启动前请把它换成 %s 中的内容。") % (Path(settings.VAR_DIR) / keys.SECRET))
