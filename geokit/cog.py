"""Write a cloud-optimised GeoTIFF in a process of its own, which can be stopped and is held to limits.

GDAL's COG driver does everything in one call that knows no cancelling; hence a child. Run as
`python -m geokit.cog SOURCE TARGET key=value...`; it is plain Python.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from geokit.process_limits import limit_this_process

CHILD_MEMORY_MB = 1_536
"""GDAL's block cache of 256 MB and what compresses; `limit_this_process` lets a process ask for twice as much."""
CHILD_SECONDS = 1_500
POLL_SECONDS = 0.2


class CogFailed(Exception):
    """The child could not write the file; its last words are the message."""


def write_cog(source: Path, target: Path, options: dict[str, str], beat: Callable[[], None]) -> None:
    """Write `target` from `source`; `beat` is called again and again and may raise to stop it."""
    words = [f"{key}={value}" for key, value in options.items()]
    command = [sys.executable, "-m", "geokit.cog", str(source), str(target), *words]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:  # noqa: S603
        try:
            ends = time.monotonic() + CHILD_SECONDS
            while child.poll() is None:
                beat()
                if time.monotonic() > ends:
                    raise CogFailed("time limit")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(POLL_SECONDS)
        except BaseException:
            child.kill()
            raise
        said = child.stderr.read().decode(errors="replace") if child.stderr else ""
    if child.returncode != 0:
        raise CogFailed((said.strip().splitlines() or ["killed"])[-1])


def options_for(*, categorical: bool, photo: bool) -> dict[str, str]:
    """Creation options: lossless unless the source was a lossy photograph already."""
    common = {"BLOCKSIZE": "512", "BIGTIFF": "IF_SAFER", "NUM_THREADS": "2"}
    if photo:
        return {**common, "COMPRESS": "JPEG", "QUALITY": "90", "OVERVIEW_RESAMPLING": "AVERAGE"}
    # Averaging the codes of land uses would invent uses; the commonest one of four is a fair picture.
    resampling = "MODE" if categorical else "AVERAGE"
    return {**common, "COMPRESS": "DEFLATE", "PREDICTOR": "YES", "LEVEL": "6", "OVERVIEW_RESAMPLING": resampling}


def main(arguments: list[str]) -> None:
    import rasterio
    from rasterio.shutil import copy

    limit_this_process(CHILD_MEMORY_MB, 2 * CHILD_SECONDS)
    source, target, *words = arguments
    options = dict(word.split("=", 1) for word in words)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True, GDAL_CACHEMAX=256, GDAL_PAM_ENABLED="NO"):
        copy(source, target, driver="COG", **options)


if __name__ == "__main__":
    main(sys.argv[1:])
