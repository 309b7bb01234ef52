"""Mail as files is for whoever runs the site."""

import os
import stat
from pathlib import Path

import pytest
from django.core.mail import EmailMessage

from geo_portal.mail_files import PrivateFiles


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_nobody_else_reads_mail_that_became_a_file(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "mail"
    folder.mkdir(mode=0o755)
    before = os.umask(umask)
    try:
        backend = PrivateFiles(file_path=str(folder), alias="default")
        assert backend.send_messages([EmailMessage("链接", "https://…/my/secret/", "a@example.org", ["b@example.org"])])
    finally:
        os.umask(before)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secret" in file.read_text()
