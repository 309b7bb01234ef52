"""The site on several machines, as processes: two webs, a web that reads, two workers, their cache, the proxy."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from ops import postgis, run, setup
from ops.environment import ROOT
from tests.drills.scale.database import Database, Processes, until
from tests.drills.site import MAIL_AWAY
from tests.drills.writes import ask

WEBS, READING = ("web-1", "web-2"), "web-read"
WORKERS = {"worker-1": [], "worker-2": ["--lanes", "mail", "clocks", "exports"]}


class Site:
    """Each web and worker has a VAR_DIR of its own, as on its own machine; photos, static files and keys are shared."""

    def __init__(self, folder: Path, processes: Processes, database: Database, port: Callable[[], int]) -> None:
        self.folder, self.processes, self.database = folder, processes, database
        self.ports = {name: port() for name in (*WEBS, READING)}
        self.proxy, self.cache = port(), port()

    def environ(self, name: str) -> dict[str, str]:
        """What a process of that machine is told."""
        of, pooler, door = self.database, self.database.pooler, self.database.door
        ours = {
            "VAR_DIR": str(self.folder / name), "MEDIA_DIR": str(self.folder / "media"), "DEMO": "1", "PORT": "",
            "LEDGER_KEY_FILE": str(self.folder / "key.pem"), "CACHE_URL": f"redis://127.0.0.1:{self.cache}/0",
            "DATABASE_URL": of.address(postgis.APP, pooler),
            "READER_DATABASE_URL": of.address(postgis.READER, pooler),
            "DATABASE_DIRECT_URL": of.address(postgis.APP, door), "WEB_THREADS": "32", "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "WARNING", "EMBEDDED_DURABLE": "0",
        }  # fmt: skip
        if name == READING:
            ours["DATABASE_REPLICA_URL"] = of.replica
        return {**os.environ, **MAIL_AWAY, **ours}

    def migrate(self) -> None:
        """Through the door, as the owner; and the static files, which every web has."""
        owner = {"MIGRATION_DATABASE_URL": self.database.address(postgis.OWNER, self.database.door)}
        past_pooler = {
            "DATABASE_URL": self.database.address(postgis.APP, self.database.door),
            "DATABASE_DIRECT_URL": "",
        }
        environ = {**self.environ("prepare"), **owner, **past_pooler, "LOG_LEVEL": "ERROR", "DEMO": "0", "TRIAL": "1"}
        (self.folder / "prepare").mkdir(exist_ok=True)
        setup.run(setup.PYTHON, "manage.py", "prepare", environ=environ)
        setup.run(setup.PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity=0", environ=environ)

    def start(self) -> None:
        self.processes.start("valkey", "valkey-server", "--port", str(self.cache), "--bind", "127.0.0.1", "--save", "",
                             "--dir", str(self.folder))  # fmt: skip
        for name in (*WEBS, READING):
            self.start_web(name)
        for name, lanes in WORKERS.items():
            self._folder_of(name)
            command = [sys.executable, "manage.py", "work_jobs", *lanes]
            self.processes.start(name, *command, environ=self.environ(name))
        self._start_proxy()
        for port in (*self.ports.values(), self.proxy):
            until(lambda port=port: ask(port, "/", 30) == 200, 300, "the site")

    def start_web(self, name: str) -> None:
        self._folder_of(name)
        environ = self.environ(name)
        self.processes.start(name, *run.server_command(self.ports[name], environ), environ=environ)

    def _folder_of(self, name: str) -> None:
        (self.folder / name).mkdir(exist_ok=True)
        static = self.folder / name / "static"
        if not static.is_symlink():
            static.symlink_to(self.folder / "prepare" / "static")

    def _start_proxy(self) -> None:
        """nginx with the containers' own configuration, but for paths and ports."""
        folder = self.folder / "proxy"
        folder.mkdir(exist_ok=True)
        text = (ROOT / "ops" / "container" / "nginx.conf").read_text()
        text = text.replace("/tmp/", f"{folder}/").replace(" /spool;", f" {folder}/spool;")
        text = text.replace("listen 8080;", f"listen 127.0.0.1:{self.proxy};")
        text = re.sub(r"access_log /dev/stdout plain;", "access_log off;", text)
        # All the load comes from one address; how much one may ask for is tried by `ops/proxy-check`.
        text = re.sub(r"^ *limit_(?:conn|req) .*\n", "", text, flags=re.M)
        (folder / "nginx.conf").write_text(text)
        environ = os.environ | {
            "ASKER_CONF": f"{folder}/asker.conf", "UPSTREAMS_CONF": f"{folder}/upstreams.conf",
            "WEBS": " ".join(f"127.0.0.1:{self.ports[name]}" for name in WEBS),
            "READING_WEBS": f"127.0.0.1:{self.ports[READING]}",
        }  # fmt: skip
        as_root = " user root;" if os.geteuid() == 0 else ""
        command = [
            str(ROOT / "ops" / "container" / "proxy-start"),
            "-c",
            f"{folder}/nginx.conf",
            "-g",
            f"daemon off;{as_root}",
        ]
        self.processes.start("nginx", *command, environ=environ)
