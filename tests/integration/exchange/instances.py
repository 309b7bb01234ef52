"""Instances in one process: each with a database, a key and a code of its own, and an HTTP server while it is up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings

from accounts.rules import queries as rules_of_the_request


def new_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


@dataclass
class Instance:
    """One instance; `database` is the name of its database."""

    origin: str
    database: str
    port: int
    key: Ed25519PrivateKey = field(default_factory=new_key)
    hosts: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def at(self) -> Iterator[None]:
        """Be this instance, in this thread's connection and the settings of the process."""
        connection.close()
        before = connection.settings_dict
        connection.settings_dict = {**before, "NAME": self.database}
        own = override_settings(
            LEDGER_KEY=pem(self.key), DISTRICT_CODE=self.origin, EXCHANGE_HOSTS=list(self.hosts), SITE_URL=self.host
        )
        self._forget()
        try:
            with own:
                yield
        finally:
            connection.close()
            connection.settings_dict = before
            self._forget()

    @staticmethod
    def _forget() -> None:
        cache.clear()
        rules_of_the_request.end_request()

    @contextmanager
    def up(self) -> Iterator[None]:
        """Take pushes over loopback for the length of the block."""
        instance = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with instance.at():
                    answer: Any = Client().post(
                        self.path, body, content_type="application/zip",
                        headers={"Authorization": self.headers["Authorization"], "Accept": "application/json"},
                    )  # fmt: skip
                self.send_response(answer.status_code)
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *words: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
