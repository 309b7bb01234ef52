"""A made-up clone for tests of `ops`: a few files, and programs on PATH that only write down how they were called."""

import os
import subprocess
import sys
from pathlib import Path

from ops import environment, run, setup, system

PRODUCTION = {
    "SITE_URL": "https://map.example.org", "ALLOWED_HOSTS": "map.example.org", "HTTPS": "1",
    "EMAIL_HOST": "mail.example.org", "BACKUP_TARGET": "/mnt/backup",
}  # fmt: skip
"""Without these nobody else's database is served."""
PROGRAM = """#!/bin/sh
line="${0##*/} $*"
printf '%s\\n' "$line" >>"$CLONE_TOOLS/log"
printf '%s | VAR_DIR=%s\\n' "$line" "$VAR_DIR" >>"$CLONE_TOOLS/environ"
if [ -s "$CLONE_TOOLS/fails" ] && printf '%s\\n' "$line" | grep -Eqf "$CLONE_TOOLS/fails"; then exit 3; fi
case "$line" in
"node --version") echo v22.1.0 ;;
*" -m venv "*)
    for folder; do :; done
    mkdir -p "$folder/bin"
    for name in python lint-imports; do cp "$0" "$folder/bin/$name"; done
    ;;
"python -m geo_portal.web_server "*) exec "$CLONE_PYTHON" "$CLONE_TOOLS/site.py" "$@" ;;
"python manage.py work_jobs") exec sleep 600 ;;
esac
"""
SITE = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ready")

    def log_message(self, *args):
        pass

server = HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Site)
with open(os.environ["CLONE_TOOLS"] + "/log", "a") as log:
    log.write(f"site {os.getpid()}\\n")
server.serve_forever()
"""
CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "河"\nmsgstr "river"\n'
FILES = {
    "requirements.txt": "django\n",
    "requirements-dev.txt": "pytest\n",
    "requirements-bench.txt": "tipg\n",
    "requirements-docs.txt": "sphinx\n",
    "docs/index.md": "# Pages\n",
    "tests/unit/test_one.py": "",
    "tests/integration/ui/test_two.py": "",
    "ui/__init__.py": "",
    "ui/tokens.json": "{}",
    "ui/locale/en/LC_MESSAGES/django.po": CATALOGUE,
    "ui/static/ui/site.css": "a {}",
    "ui/templates/ui/page.html": "<p>",
    "web/package.json": "{}",
    "web/package-lock.json": "{}",
    "web/src/main.ts": "",
}
PROBES = ("node --version", "python -c ", "base-python -c ")
"""Questions about versions, which change nothing."""


class Clone:
    """The clone at `root`; its programs are in `tools`."""

    def __init__(self, folder: Path) -> None:
        self.root, self.tools = folder / "clone", folder / "tools"
        for name, text in FILES.items():
            self.write(name, text)
        self.tools.mkdir()
        (self.tools / "site.py").write_text(SITE)
        for name in ("base-python", "node", "npm", "chromium"):
            self.program(name)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def program(self, name: str, text: str = PROGRAM) -> None:
        path = self.tools / name
        path.write_text(text)
        path.chmod(0o755)

    def fail(self, *patterns: str) -> None:
        """From now on calls fail that match one of these regular expressions; without any, all succeed."""
        (self.tools / "fails").write_text("".join(f"{pattern}\n" for pattern in patterns))

    def calls(self, but: tuple[str, ...] = PROBES) -> list[str]:
        """Take what was called since the last time, in order."""
        log = self.tools / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.replace(str(self.root), ".") for line in lines if not line.startswith(but)]

    def var_dir_of(self, call: str) -> str:
        """The VAR_DIR that the last call beginning so was given."""
        lines = (self.tools / "environ").read_text().splitlines()
        return [line.partition(" | VAR_DIR=")[2] for line in lines if line.startswith(call)][-1]

    def git(self, *words: str) -> None:
        who = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        names = [f"-c user.{key}={value}".split() for key, value in (("name", "a"), ("email", "a@example.org"))]
        command = ["git", *names[0], *names[1], *words]
        subprocess.run(command, cwd=self.root, env=os.environ | who, check=True, capture_output=True)

    def take_over(self, monkeypatch) -> None:
        """Let `ops` work on this clone, with these programs, on a database of somebody else's that nobody asks."""
        for module in (environment, setup, run):
            monkeypatch.setattr(module, "ROOT", self.root)
        for name, path in {"VENV": ".venv", "PYTHON": ".venv/bin/python", "WEB": "web", "DIST": "web/dist"}.items():
            monkeypatch.setattr(setup, name, self.root / path)
        monkeypatch.setattr(setup, "SHARED_WITH_WEB", (self.root / "ui/tokens.json",))
        monkeypatch.setattr(system, "PYTHONS", ("base-python",))
        asked = [need for need in system.BASE if need.package in ("python3.13-venv", "gettext", "nodejs", "npm")]
        monkeypatch.setattr(system, "BASE", tuple(asked))
        environ = {"CLONE_TOOLS": str(self.tools), "CLONE_PYTHON": sys.executable, "VAR_DIR": "var"}
        environ |= {"PATH": f"{self.tools}:/usr/bin:/bin", "DATABASE_URL": "postgis://db.example.org/map"}
        for name, value in (environ | PRODUCTION).items():
            monkeypatch.setenv(name, value)
        for name in ("CI", "PORT", "SECRET_KEY", "DEMO", "LOG_LEVEL"):
            monkeypatch.delenv(name, raising=False)


def run_command(monkeypatch, *words: str) -> int:
    """`python -m ops WORDS` in this process; its exit code."""
    from ops import __main__ as entry

    monkeypatch.setattr(sys, "argv", ["ops", *words])
    try:
        entry.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
