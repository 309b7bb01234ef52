"""Mail as files, where there is no mail server: for whoever runs the site, not for every account of the machine."""

import os
from typing import Any

from django.core.mail.backends.filebased import EmailBackend


class PrivateFiles(EmailBackend):
    """Django's, whose files and folder only their owner can read: they hold links that open reports and accounts."""

    stream: Any

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        os.chmod(self.file_path, 0o700)

    def open(self) -> bool:
        if self.stream is not None:
            return False
        name = self._get_filename()  # type: ignore[attr-defined]
        self.stream = open(name, "ab", opener=_for_the_owner)  # noqa: SIM115 - close() closes it
        return True


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
