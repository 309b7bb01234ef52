"""The one entry that the Makefile calls: `python -m ops COMMAND`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from ops import backups, checks, docs, environment, postgis, run, setup, system

# Said in one line; anything else is a defect of ours and keeps its traceback.
EXPECTED = (
    backups.Refused,
    checks.ChecksFailed,
    postgis.PostgisError,
    run.CannotRun,
    setup.SetupFailed,
    system.Missing,
)


def _system(_: argparse.Namespace) -> None:
    system.ensure(system.needs(server=environment.uses_embedded(os.environ), browser=True))


def _setup(_: argparse.Namespace) -> None:
    environ = os.environ.copy()
    system.ensure(system.needs(server=environment.uses_embedded(environ), browser=False))
    environ.setdefault("SECRET_KEY", environment.secret_key(environment.var_dir(environ)))
    setup.set_up(environ, tests=True)


def _run(_: argparse.Namespace) -> None:
    run.main()


def _test(options: argparse.Namespace) -> None:
    sys.exit(checks.test(options.arguments))


def _quick(options: argparse.Namespace) -> None:
    sys.exit(checks.quick(options.arguments))


def _docs(options: argparse.Namespace) -> None:
    sys.exit(docs.build(options.arguments))


def _bench(options: argparse.Namespace) -> None:
    sys.exit(checks.bench(options.arguments))


def _drill(options: argparse.Namespace) -> None:
    sys.exit(checks.drill(options.arguments))


def _interop(options: argparse.Namespace) -> None:
    sys.exit(checks.interop(options.arguments))


def _scale(options: argparse.Namespace) -> None:
    sys.exit(checks.scale(options.arguments))


def _check(_: argparse.Namespace) -> None:
    checks.check()


def _reset(_: argparse.Namespace) -> None:
    postgis.destroy(environment.var_dir(os.environ))


def _plain(function: Callable[[], None]) -> Callable[[argparse.Namespace], None]:
    """A command that takes no options."""
    return lambda _: function()


COMMANDS = {
    "run": (_run, "set up everything and start the site"),
    "test": (_test, "set up everything and run the tests; further words go to pytest"),
    "test-quick": (_quick, "set up everything and run what a change is most likely to break"),
    "docs": (_docs, "build the documentation site and look for dead links"),
    "interop": (_interop, "set up everything and have real clients use it; prints a table"),
    "drill": (_drill, "set up everything and hurt a site of its own; --quick, --list, or parts of names"),
    "scale-check": (_scale, "set up everything and kill the primary of a site on several machines"),
    "bench": (_bench, "set up everything and measure; further words name the benchmarks"),
    "check": (_check, "linters, types, import order, migrations, templates"),
    "system": (_system, "install missing system packages, or say which"),
    "setup": (_setup, "packages, web build, translations and static files only"),
    "backup": (_plain(backups.backup), "copy database, files and keys to BACKUP_TARGET or TO"),
    "backup-check": (_plain(backups.check), "restore the newest backup into a scratch database and compare"),
    "backup-key": (_plain(backups.backup_key), "make the key that encrypts backups from now on"),
    "restore": (_plain(backups.restore), "bring the site back from a backup, FROM"),
    "upgrade": (_plain(backups.upgrade), "a backup, then the new release: TAG, set-up, migrations, checks"),
    "upgrade-back": (_plain(backups.upgrade_back), "code and data of before the last upgrade"),
    "reset": (_reset, "delete the embedded database of this VAR_DIR"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, help_text) in COMMANDS.items():
        commands.add_parser(name, help=help_text)
    options, arguments = parser.parse_known_args()
    if arguments and options.command not in ("test", "test-quick", "bench", "drill", "interop", "scale-check", "docs"):
        parser.error(f"unexpected: {' '.join(arguments)}")
    options.arguments = arguments
    try:
        COMMANDS[options.command][0](options)
    except EXPECTED as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except PermissionError as error:
        print(
            f"{error.filename} belongs to another user. Remove it, or set VAR_DIR to another folder.", file=sys.stderr
        )
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
