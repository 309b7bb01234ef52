"""The store in a bucket of an S3-compatible service (django-storages), for sites of more than one machine.

What is derived or under way stays in folders of this machine (`places`); programs that read paths get a copy there.
"""

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.utils.translation import gettext as _
from storages.backends.s3 import S3Storage

from geokit.refusal import Unavailable
from ledger.filestore import addressed, checked, durable, names, places
from ledger.filestore.addressed import Listed
from ledger.filestore.refusals import damaged, lost

PART = 1 << 20
AWAY_SECONDS = 5
log = logging.getLogger(__name__)
_marked: set[str] = set()


class BucketStore(S3Storage):
    """Files in a bucket, whose service keeps what it has acknowledged; equal bytes are kept once."""

    @property
    def place(self) -> str:
        return f"{self.endpoint_url} {self.bucket_name}"

    def _save(self, name: str, content: Any) -> str:
        with tempfile.TemporaryFile() as half:
            for part in File(content).chunks():
                half.write(part)
            digest = checked.digest_of(half)
            addressed.mark_as_ours(self, _marked)
            kept = name if names.is_by_name(name) else addressed.name_for(digest, name)
            # Also where it is there already: that makes it young again, and whole again.
            with _reachable(kept):
                self.bucket.upload_fileobj(half, self._key(kept))
        return kept

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            return super()._open(name, mode)
        try:
            file = self.open_unchecked(name)
        except FileNotFoundError:
            raise lost(name) from None
        expected = names.digest_in(name) or checked.recorded(name)
        if expected and not names.is_by_name(name) and (found := checked.digest_of(file)) != expected:
            file.close()
            raise damaged(name, expected, found)
        return File(file, name)

    def open_unchecked(self, name: str) -> IO[bytes]:
        """A copy without a name on this machine's disk: as small in memory as a local file, and gone when closed."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever gets it closes it
        try:
            with _reachable(name):
                self.bucket.download_fileobj(self._key(name), file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def local_copy(self, name: str) -> Path:
        path = places.local_path(name)
        if path.is_file():
            return path
        half = places.local_path(addressed.new_half())
        durable.make_folder(half.parent)
        try:
            with self._open(name) as file, half.open("wb") as sink:
                for part in file.chunks(PART):
                    sink.write(part)
            durable.put_in_place(half, path)
        finally:
            half.unlink(missing_ok=True)
        return path

    def take(self, half: Path, name: str) -> None:
        with _reachable(name):
            self.bucket.upload_file(str(half), self._key(name))
        half.unlink()

    def delete(self, name: str) -> None:
        super().delete(name)
        places.local_path(name).unlink(missing_ok=True)

    def listed(self) -> Iterator[Listed]:
        for each in self.bucket.objects.filter(Prefix=self._key("")):
            yield Listed(each.key[len(self._key("")) :], each.size, each.last_modified)

    def marks(self) -> set[str]:
        found = self.bucket.objects.filter(Prefix=self._key(f"{names.MARKS}/"))
        return {each.key.rpartition("/")[2] for each in found}

    def make_mark(self, mark: str) -> None:
        self.bucket.put_object(Key=self._key(f"{names.MARKS}/{mark}"), Body=b"")

    def remove_mark(self, mark: str) -> None:
        self.bucket.Object(self._key(f"{names.MARKS}/{mark}")).delete()

    def _key(self, name: str) -> str:
        return self._normalize_name(name) if name else str(self.location)


@contextlib.contextmanager
def _reachable(name: str) -> Iterator[None]:
    """Raises FileNotFoundError for what the bucket does not have, Unavailable (503) where it does not answer."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        answer = error.response if isinstance(error, ClientError) else {}
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError(name) from error
        log.warning("the bucket does not answer for %s: %s", name, error)
        raise Unavailable(_("文件存储暂时没有回应。"), code="files-away", retry_after=AWAY_SECONDS) from error
