"""Features of many pages into one file, with a digest of their content that does not depend on their order."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from layers.sources.client import unfetched

MOST_FEATURES = 1_000_000


class Collected:
    """The file that grows page by page; a page or a feature that comes a second time ends the reading."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] = path.open("wb")
        self._most = most_bytes
        self._digests: list[bytes] = []
        self._seen: set[bytes] = set()
        self._pages: set[bytes] = set()
        self._tail = b""
        self.has_begun = False

    def begin(self, head: str, tail: str) -> None:
        """Write what stands before the features, and keep what stands after them."""
        self._file.write(head.encode())
        self._tail = tail.encode()
        self.has_begun = True

    def page(self, features: Iterable[tuple[str, str]], between: str = "") -> int:
        """Write one page's features (identifier or "", text); return how many. Raises BadInput for a repetition."""
        before, whole = self.count, hashlib.sha256()
        for identifier, text in features:
            written = self._write(text, between)
            whole.update(written)
            if identifier:
                self._once(self._seen, hashlib.blake2b(identifier.encode(), digest_size=8).digest())
        if self.count > before:
            self._once(self._pages, whole.digest())
        return self.count - before

    def _write(self, text: str, between: str) -> bytes:
        try:
            content = text.encode()
        except UnicodeEncodeError as error:
            raise unfetched("source-unreadable", _("对方的答复里有不成字的字符。")) from error
        if self.count >= MOST_FEATURES:
            raise unfetched("source-too-many", _("要素超过 %d 个，已停止。") % MOST_FEATURES)
        if self._file.tell() + len(content) > self._most:
            raise unfetched("source-too-large", _("数据太大，超过了上传文件的上限，已停止。"))
        if self.count:
            self._file.write(between.encode())
        self._file.write(content)
        self.count += 1
        digest = hashlib.sha256(content).digest()
        self._digests.append(digest)
        return digest

    @staticmethod
    def _once(seen: set[bytes], digest: bytes) -> None:
        if digest in seen:
            raise unfetched("source-repeats", _("对方翻页时把同样的内容给了两次，不能确定数据是否完整，没有采用。"))
        seen.add(digest)

    def end(self, expected: int | None) -> str:
        """Close the file and return the digest. Raises BadInput where there is nothing, or not what was said."""
        self._file.write(self._tail)
        self._file.close()
        if expected is not None and expected != self.count:
            said = {"expected": expected, "count": self.count}
            message = _("对方说有 %(expected)d 个要素，实际取到 %(count)d 个，没有采用。")
            raise unfetched("source-count-differs", message % said)
        if not self.count:
            raise unfetched("source-empty", _("对方没有给出任何要素，没有采用。"))
        whole = hashlib.sha256()
        for digest in sorted(self._digests):
            whole.update(digest)
        return whole.hexdigest()

    def close(self) -> None:
        """Close the file also where the reading ended badly."""
        self._file.close()
