"""Reports as a device's outbox sends them: the same number again, until the server says that it has it all."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import random
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field

from PIL import Image

TOKEN = "d" * 32
TIMEOUT = 30
BOUNDARY = "drill-boundary"


@dataclass
class Report:
    """One report and what was heard of it."""

    photos: list[bytes]
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32)[:43])
    email: str = ""
    number: str = ""
    """Empty until it is acknowledged with all of its photos."""
    sent_at: float = 0.0
    heard_at: float = 0.0
    tries: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    """How often each status came; 0 stands for no answer."""

    def digests(self) -> set[str]:
        return {hashlib.sha256(photo).hexdigest() for photo in self.photos}


def photo(draw: random.Random) -> bytes:
    """A small picture that no other one equals."""
    image = Image.frombytes("RGB", (24, 16), draw.randbytes(24 * 16 * 3)).resize((96, 64))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def ask(port: int, path: str, timeout: float = TIMEOUT, headers: dict[str, str] | None = None) -> int:
    """The status of a page; 0 for no answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        line.request("GET", path, headers=headers or {})
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def send(port: int, report: Report) -> int:
    """Send it once; the status, 0 for no answer. It is acknowledged when the answer names every photo."""
    report.tries += 1
    report.sent_at = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    status = 0
    try:
        line.request("POST", "/report/", _body(report), _headers())
        answer = line.getresponse()
        status, body = answer.status, answer.read()
        if status == 201:
            said = json.loads(body)
            if report.digests() <= set(said["photos"]["arrived"]):
                report.number, report.heard_at = said["number"], time.monotonic()
    except (OSError, http.client.HTTPException, ValueError):
        status = 0
    finally:
        line.close()
    report.answers[status] = report.answers.get(status, 0) + 1
    return status


def _headers() -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Cookie": f"csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }


def _body(report: Report) -> bytes:
    fields = {
        "client_id": report.client_id, "secret": report.secret, "text": f"演练 {report.client_id}", "filed_as": "",
        "category": "environment", "lng": "121.32", "lat": "29.85", "anyway": "1", "email": report.email,
        "photo_sha256": " ".join(sorted(report.digests())),
    }  # fmt: skip
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    for number, content in enumerate(report.photos):
        head = f'Content-Disposition: form-data; name="photos"; filename="{number}.jpg"\r\nContent-Type: image/jpeg'
        parts.append(f"{head}\r\n\r\n".encode() + content)
    edge = f"--{BOUNDARY}\r\n".encode()
    return b"".join(edge + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


class Writers:
    """Devices that report without a pause for the length of a `with` block; what is not acknowledged is sent again."""

    def __init__(self, port: int, devices: int, seed: int = 7, email: bool = False, pause_s: float = 0.05) -> None:
        self.port, self.pause_s, self.email = port, pause_s, email
        self.reports: list[Report] = []
        self._draw = random.Random(seed)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(devices)]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(4 * TIMEOUT)

    def _work(self) -> None:
        while not self._stopping.is_set():
            report = Report([photo(self._draw) for _ in range(self._draw.choice((0, 1, 1, 2)))])
            report.email = f"{report.client_id}@drill.example" if self.email else ""
            self.reports.append(report)
            while not report.number:
                status = send(self.port, report)
                if status in (400, 403, 413, 422) or (self._stopping.is_set() and report.tries > 60):
                    break
                if not report.number:
                    time.sleep(0.2)
            time.sleep(self.pause_s)

    def wait_for(self, count: int, seconds: float = 60) -> None:
        """Until so many more are acknowledged. Raises TimeoutError."""
        wanted, deadline = self.acknowledged() + count, time.monotonic() + seconds
        while self.acknowledged() < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {count} reports were taken within {seconds} s")
            time.sleep(0.05)

    def acknowledged(self) -> int:
        return sum(bool(report.number) for report in self.reports)

    def back_after(self, fault: float, seconds: float = 90) -> float:
        """Seconds from the moment `fault` until a report is acknowledged that was sent after it."""
        while time.monotonic() < fault + seconds:
            heard = [one.heard_at for one in list(self.reports) if one.number and one.sent_at > fault]
            if heard:
                return min(heard) - fault
            time.sleep(0.02)
        raise TimeoutError(f"nothing was taken within {seconds} s")
