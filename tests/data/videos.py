"""Short videos, made at run time: a telephone's with place and make in it, and those that are no good ones."""

import subprocess
from functools import cache

PLACE = "+29.8738+121.5440/"


def _made(*arguments: str, suffix: str = "mp4") -> bytes:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        target = Path(folder, f"made.{suffix}")
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *arguments, str(target)], check=True)
        return target.read_bytes()


def _picture(size: str, seconds: float, rate: int = 5) -> list[str]:
    quick = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    return ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}", *quick]


@cache
def of_a_phone(seconds: int = 2) -> bytes:
    """Sound and picture with the place, the make and the time that a telephone writes into its file."""
    said = {
        "location": PLACE, "com.apple.quicktime.location.ISO6709": PLACE, "make": "Apple", "model": "iPhone 15",
        "com.apple.quicktime.make": "Apple", "creation_time": "2026-11-01T08:00:00Z",
    }  # fmt: skip
    words = [word for name, value in said.items() for word in ("-metadata", f"{name}={value}")]
    sound = ["-f", "lavfi", "-i", f"sine=440:d={seconds}"]
    source = ["-f", "lavfi", "-i", f"testsrc2=s=240x320:r=5:d={seconds}"]
    return _made(*source, *sound, "-c:v", "libx264", "-preset", "ultrafast", *words, "-movflags", "use_metadata_tags",
                 suffix="mov")  # fmt: skip


@cache
def too_long() -> bytes:
    return _made(*_picture("64x64", 40, 1))


@cache
def too_large_a_frame() -> bytes:
    return _made(*_picture("8192x2048", 1, 1))


@cache
def sound_only() -> bytes:
    return _made("-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac")


@cache
def many_streams() -> bytes:
    tracks = [word for _number in range(40) for word in ("-map", "0:v")]
    return _made(*_picture("16x16", 1, 1), *tracks)


def cut() -> bytes:
    return of_a_phone()[: len(of_a_phone()) // 2]


def playlist() -> bytes:
    """What would have ffmpeg read other files of the machine, behind the first bytes of a film."""
    return b"\0\0\0\x14ftypisom\0\0\0\0isom#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
