"""`python -m tests.drills [NAMES] [--quick] [--list]`; `make drill` sets everything up before it.

The site runs as `make run` does, in a VAR_DIR of its own, while devices report with photos and send again what was not
acknowledged. After each drill the table says what is there. Exit code 1 when anything acknowledged is not there exactly
once, anything is half there, the chain is not sound, or the site did not come back.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops import environment
from ops.locations import cluster_owner, locate
from tests.drills import drills
from tests.drills.site import Site, faketime, running, valkey
from tests.drills.writes import Writers

HEADS = ("drill", "acknowledged", "found", "half", "back after", "chain")
DISKS = {"media": "64m", "postgis": "1500m"}
"""Small disks of their own, so that one can be full and the machine is not."""
INSIDE = "DRILLS_INSIDE"
NO_DISK = "needs root for a small disk"
MISSING = {drills.CACHE: "needs valkey-server", drills.CLOCK: "needs libfaketime"}


def main() -> int:
    options = _options()
    chosen = [one for one in drills.DRILLS if _is_meant(one, options)]
    if options.list:
        sys.stdout.write("".join(f"{one.name}\n" for one in drills.DRILLS))
        return 0
    if drills.can_mount() and INSIDE not in os.environ:
        # Mounts that are made from here on are nobody else's, and end with this process.
        command = ["unshare", "--mount", sys.executable, "-m", "tests.drills", *sys.argv[1:]]
        os.execvpe(command[0], command, {**os.environ, INSIDE: "1"})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a plain kill, too, stops the site and the cluster
    return _all(chosen, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make drill", description="Hurt a site of its own while people report.")
    parser.add_argument("names", nargs="*", help="part of a drill's name; all when none is given")
    parser.add_argument("--quick", action="store_true", help="a selection, below three minutes")
    parser.add_argument("--list", action="store_true", help="names only")
    parser.add_argument("--strict", action="store_true", help="fail when the site came back later than it should")
    parser.add_argument("--devices", type=int, default=6, help="that report at once")
    parser.add_argument("--writes", type=int, default=60, help="acknowledged before and after each fault")
    return parser.parse_args()


def _is_meant(one: drills.Entry, options: argparse.Namespace) -> bool:
    by_name = not options.names or any(name in one.name for name in options.names)
    return by_name and (one.quick or not options.quick)


def _all(chosen: list[drills.Entry], options: argparse.Namespace) -> int:
    os.environ.pop("DATABASE_URL", None)  # a database of somebody's is never hurt
    var_dir = Path(os.environ.get("VAR_DIR", "var/drill")).resolve()
    os.environ.update(VAR_DIR=str(var_dir), DJANGO_SETTINGS_MODULE="geo_portal.settings", LOG_LEVEL="ERROR")
    with _disks(var_dir) as mounted, environment.database(os.environ):
        _district()
        _print(HEADS)
        usual = [one for one in chosen if one.needs != drills.CLOCK]
        by_clock = [one for one in chosen if one.needs == drills.CLOCK]
        well = True
        if usual:
            with valkey(var_dir) as cache:
                has = mounted | ({drills.CACHE} if cache else set())
                with running(var_dir, CACHE_URL=cache[1] if cache else "") as site:
                    site.cache = cache[0] if cache else None
                    well = _each(usual, site, has, options)
        if by_clock:
            moved = faketime(var_dir)
            with running(var_dir, **(moved or {})) as site:
                well = _each(by_clock, site, {drills.CLOCK} if moved else set(), options) and well
        return int(not well)


def _each(chosen: list[drills.Entry], site: Site, has: set[str], options: argparse.Namespace) -> bool:
    """Whether all that could be done went well."""
    well = True
    for one in chosen:
        if one.needs and one.needs not in has:
            _print((one.name, "-", "-", "-", f"skipped: {MISSING.get(one.needs, NO_DISK)}", "-"))
        elif not _drill(one, site, options):
            well = False
    return well


def _drill(one: drills.Entry, site: Site, options: argparse.Namespace) -> bool:
    from tests.drills import audit

    problem, back = "", 0.0
    with Writers(site.port, options.devices) as writers:
        try:
            writers.wait_for(options.writes)
            back = one.run(site, writers)
            writers.wait_for(options.writes)
        except (AssertionError, TimeoutError) as error:
            problem = str(error)
    _wait_for_database(site)
    found = audit.look(writers.reports)
    chain = "sound" if found.chain_is_sound else "NOT SOUND"
    is_late = back > one.most_s
    seconds = f"FAILED: {problem}" if problem else f"{back:.1f} s{' (late)' if is_late else ''}"
    _print((one.name, f"{found.acknowledged}", f"{found.found}", f"{found.half}", seconds, chain))
    return found.is_well and not problem and not (is_late and options.strict)


def _wait_for_database(site: Site) -> None:
    until = time.monotonic() + 60
    while site.status("/readyz") not in (200, 503) and time.monotonic() < until:
        time.sleep(0.2)


def _district() -> None:
    """A small district, migrated."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.drills.district import make_district

    call_command("prepare")
    call_command("collectstatic", interactive=False, verbosity=0)
    make_district()


@contextlib.contextmanager
def _disks(var_dir: Path) -> Iterator[set[str]]:
    """Small disks under the folders of DISKS; those that could be mounted."""
    shutil.rmtree(var_dir / "media", ignore_errors=True)
    mounted = set()
    owner = cluster_owner(os.geteuid())
    whose = {"postgis": f"uid={owner.uid},gid={owner.gid},mode=0700", "media": "mode=0755"}
    for name, size in DISKS.items() if INSIDE in os.environ else ():
        place = locate(var_dir).home if name == "postgis" else var_dir / name
        place.mkdir(parents=True, exist_ok=True)
        options = f"size={size},{whose[name]}"
        if subprocess.call(["mount", "-t", "tmpfs", "-o", options, "drill", place]) == 0:
            mounted.add(name)
    yield mounted


def _print(cells: tuple[str, ...]) -> None:
    widths = (32, 13, 7, 5, 12, 10)
    line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
