"""A hostile picture costs a process of its own, and neither the site nor anybody else's photo."""

import base64
import io
import os
import signal
import socket
import struct
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from tests.worst_case import costs
from ui.pictures import copies, photos, process, server
from ui.pictures.photos import PhotoRefused, PhotoTooLarge, sanitise_photo


def jpeg(size: tuple[int, int] = (40, 20), colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@cache
def png_of_zeros(width: int, height: int) -> bytes:
    """A whole and valid PNG of one colour, made without its pixels being in memory."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(b"\0" * (1 + 4 * width)) for _row in range(height)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


LOADED_BY_A_PICTURE = """
import base64, sys
from ui.pictures import server
server.warm_up()
before = set(sys.modules)
for picture in sys.stdin.read().split():
    for operation, how in (("clean", {}), ("hashes", {}), ("small", {"longest_px": 20, "quality": 80})):
        server.OPERATIONS[operation](base64.b64decode(picture), **how)
print(*sorted(set(sys.modules) - before - {"base64"}))
"""


def server_process() -> Path:
    """The running server's folder in /proc."""
    sanitise_photo(io.BytesIO(jpeg()))
    assert process._running is not None
    return Path(f"/proc/{process._running.process.pid}")


def test_a_png_of_144_megapixels_is_refused_by_what_its_head_says() -> None:
    bomb = png_of_zeros(12_000, 12_000)
    assert len(bomb) < 5 * 2**20
    with pytest.raises(PhotoTooLarge, match="12000×12000"):
        sanitise_photo(io.BytesIO(bomb))


def test_what_takes_more_memory_than_allowed_ends_its_own_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", {"PNG": 10**9, "JPEG": 10**9})
    with pytest.raises(PhotoTooLarge, match="内存或时间"):
        sanitise_photo(io.BytesIO(png_of_zeros(12_000, 12_000)))
    assert sanitise_photo(io.BytesIO(jpeg())).width == 40


def test_a_large_jpeg_is_kept_at_half_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (sanitise_photo(io.BytesIO(jpeg((6000, 5000)))).width, 5000 * 5000) == (3000, 25_000_000)
    assert sanitise_photo(io.BytesIO(jpeg((5000, 5000)))).width == 5000


def test_the_server_is_started_again_when_it_was_killed() -> None:
    pid = int(server_process().name)
    os.kill(pid, signal.SIGKILL)
    assert process._running is not None
    process._running.process.wait()
    assert sanitise_photo(io.BytesIO(jpeg())).width == 40
    assert process._running is not None
    assert process._running.process.pid != pid


def test_no_secret_is_in_the_process_that_reads_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    process.stop()
    monkeypatch.setenv("SECRET_KEY", "never-there")
    monkeypatch.setenv("DATABASE_URL", "never-there")
    assert b"never-there" not in (server_process() / "environ").read_bytes()


def test_no_more_pictures_are_read_at_once_than_allowed() -> None:
    """Two processes wait for pictures that do not come; the third picture is read when one of them has ended."""
    folder = server_process()
    held = []
    for _number in range(server.AT_ONCE):
        ours, theirs = socket.socketpair()
        process._pass_on(theirs)
        theirs.close()
        ours.sendall(b"\0")  # the beginning of a message
        held.append(ours)
    third, theirs = socket.socketpair()
    process._pass_on(theirs)
    theirs.close()
    server.send(third, {"operation": "small", "how": {"longest_px": 10, "quality": 80}}, jpeg())
    third.setblocking(False)
    children = (folder / "task" / folder.name / "children").read_text().split()
    assert len(children) <= server.AT_ONCE
    with pytest.raises(BlockingIOError):
        third.recv(1)
    held[0].close()
    third.settimeout(120)
    facts, made = server.receive(third)
    assert facts == {}
    assert made.startswith(b"\xff\xd8")
    held[1].close()
    third.close()


def exif_photo(body: bytes) -> bytes:
    """A JPEG whose EXIF is `body`, a TIFF."""
    segment = b"Exif\0\0" + body
    plain = jpeg()
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + plain[2:]


def directory(*entries: tuple[int, int, int, int], then: int = 0) -> bytes:
    """A TIFF directory: tag, type, count, value or offset of each entry; the offset of the next directory."""
    return (
        struct.pack("<H", len(entries))
        + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        + struct.pack("<I", then)
    )


START = b"II*\0" + struct.pack("<I", 8)
EXIF, GPS, ORIENTATION, TAKEN = 0x8769, 0x8825, 0x0112, 0x9003
HOSTILE_EXIF = {
    "a directory that follows itself": START + directory((ORIENTATION, 3, 1, 6), then=8),
    "a directory inside itself": START + directory((EXIF, 4, 1, 8), (GPS, 4, 1, 8)),
    "four thousand million values": START + directory((TAKEN, 2, 0xFFFFFFFF, 8), (EXIF, 4, 0xFFFFFFFF, 8)),
    "numbers with a denominator of nought": START
    + directory((GPS, 4, 1, 26))
    + directory((1, 2, 2, 0x4E), (2, 5, 3, 80), (3, 2, 2, 0x45), (4, 5, 3, 80))
    + b"\0" * 40,
    "sixty thousand entries that are not there": START + struct.pack("<H", 0xFFFF),
    "an offset outside": b"II*\0" + struct.pack("<I", 0xFFFFFFF0),
    "no TIFF at all": b"\xff" * 60_000,
    "a turn that is no number": START + directory((ORIENTATION, 2, 5, 8)),
}


@pytest.mark.parametrize("exif", HOSTILE_EXIF)
def test_a_photo_with_hostile_metadata_is_kept_without_it(exif: str) -> None:
    clean = sanitise_photo(io.BytesIO(exif_photo(HOSTILE_EXIF[exif])))
    assert (clean.lon, clean.lat, clean.taken_at) == (None, None, None)
    with Image.open(io.BytesIO(clean.content)) as again:
        assert not again.getexif()


def test_hostile_metadata_costs_no_time() -> None:
    full = START + struct.pack("<H", 5_000) + b"".join(struct.pack("<HHII", EXIF, 4, 1, 8) for _one in range(5_000))
    costs("ui.pictures.operations:clean", [exif_photo(body) for body in (*HOSTILE_EXIF.values(), full)])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", jpeg()[:200]])
def test_a_copy_of_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(copies.NoPicture):
        copies.small_jpeg(io.BytesIO(content))
    assert copies.small_data_address(content, 40, 80) == ""


def test_what_cannot_be_hashed_for_its_cost_is_not_like_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a copy of a photo could be made unknowable."""
    bomb = png_of_zeros(8_000, 8_000)
    with pytest.raises(PhotoRefused):
        copies.picture_hashes(bomb)


def test_a_fork_of_the_server_has_nothing_left_to_load() -> None:
    made = []
    for kind in ("JPEG", "PNG", "WEBP"):
        out = io.BytesIO()
        Image.effect_noise((60, 40), 50).convert("RGB").save(out, kind)
        made.append(base64.b64encode(out.getvalue()).decode())
    asked = [sys.executable, "-P", "-c", LOADED_BY_A_PICTURE]
    environment = process.ENVIRONMENT | {"PYTHONPATH": str(process.ROOT)}
    answer = subprocess.run(asked, input=" ".join(made), env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""
