"""A stored file that is not there, or not what its row says: words for whoever asked, a line for the operator."""

import logging
from collections import Counter

from django.utils.translation import gettext as _

from geokit.refusal import Gone, NotFound
from ledger.filestore import names

log = logging.getLogger(__name__)
met: Counter[str] = Counter()
"""Lost and damaged files that readers of this process met since it began, by code."""


class FileLost(NotFound, FileNotFoundError):
    """The row names a file that the store does not have."""

    default_code = "file-lost"


class FileDamaged(Gone, OSError):
    """The bytes are not those of which the row holds the SHA-256; they prove nothing and are not sent."""

    default_code = "file-damaged"


class FileErased(Gone, FileNotFoundError):
    """It was taken out of this row by a lawful erasure, whoever else has the same file."""

    default_code = "file-erased"


def lost(name: str) -> FileLost:
    """Return what is raised for a file that is not there, once it is in the log."""
    if not names.is_passing(name):  # what is under way goes by age
        met[FileLost.default_code] += 1
        log.warning("stored file %s is not there", name)
    return FileLost(_("这份文件在存储中找不到，可能已经丢失。系统已记录，请联系管理员从备份恢复。"))


def damaged(name: str, expected: str, found: str) -> FileDamaged:
    """Return what is raised for a file with other bytes than its row says, once it is in the log."""
    met[FileDamaged.default_code] += 1
    log.error("stored file %s has SHA-256 %s, its row says %s", name, found, expected)
    return FileDamaged(_("这份文件的内容与登记时的指纹不符，不能作为证据提供。系统已记录，请联系管理员从备份恢复。"))


def erased() -> FileErased:
    """Return what is raised for the file of a row that was erased."""
    return FileErased(_("这份文件已依法删除。"))


def unreadable(name: str) -> FileDamaged:
    """Return what is raised for a photo that is none, once it is in the log."""
    met[FileDamaged.default_code] += 1
    log.error("stored file %s is no picture", name)
    return FileDamaged(_("这张照片已经损坏，无法显示。系统已记录，请联系管理员从备份恢复。"))
