"""A file at an address: asked for by `If-None-Match` and `If-Modified-Since`, kept under its own name."""

from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from geokit.digests import sha256_of
from geokit.fetching.download import NOT_MODIFIED, unless_same
from geokit.formats.table import UPLOAD_SUFFIXES, way_out
from layers.importing.uploads import safe_name
from layers.sources.client import Client, PageTooLong, unfetched
from layers.sources.protocols.base import Choice, Fetched, Progress, Wanted


def choices(client: Client) -> list[Choice]:
    """A file is one thing; its layers are chosen in the preview."""
    return []


def fetch(client: Client, wanted: Wanted, report: Progress) -> Fetched:
    """The file as it is. Raises BadInput for one of no known format, or that may have been cut off."""
    part = wanted.folder / "part"
    report(0, None)
    with part.open("wb") as sink:
        try:
            answer = client.file(sink, unless_same(wanted.etag, wanted.last_modified))
        except PageTooLong as error:
            raise unfetched("source-too-large", _("数据太大，超过了上传文件的上限，已停止。")) from error
    if answer.status == NOT_MODIFIED:
        return Fetched(None)
    if not answer.is_measured:
        raise unfetched("source-unmeasured", _("对方没有写明文件有多长，不能确定是否完整，没有采用。"))
    name = _name(client.url, answer.headers)
    part.rename(wanted.folder / name)
    return Fetched(wanted.folder / name, name, sha256_of(wanted.folder / name), answer.etag, answer.last_modified)


def _name(url: str, headers: Message) -> str:
    """The file's name by the answer, else by the address; its suffix must be one that can be imported."""
    asked = PurePosixPath(unquote(urlsplit(url).path)).name
    named = headers.get_filename() or ""
    names = [PurePosixPath(name.replace("\\", "/")) for name in (str(named), asked) if name]
    found = next((name for name in names if name.suffix.lower() in UPLOAD_SUFFIXES), None)
    if found is None:
        suffixes = [name.suffix.lower() for name in names]
        known = {"known": _("、").join(UPLOAD_SUFFIXES)}
        message = _("从名字看不出是什么格式的文件。可用：%(known)s。") % known
        raise unfetched("source-format", way_out(suffixes) or message)
    return safe_name(found.name, "download")
