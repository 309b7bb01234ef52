"""What needs SM2 arithmetic: a signature, and a path of certificates; by the `openssl` program (3.0 or later).

The cryptography library knows SM3 but neither the curve nor the signature. Each question is one child process with a
limit in seconds, in a folder of its own, with no configuration but the words given here.
"""

import os
import subprocess
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from ledger.anchors.sm2.structures import BadToken

SECONDS = 10
IDENTITY = "distid:1234567812345678"
"""The identity that enters the digest where a protocol names none (GM/T 0009)."""


def check_signature(signer: Certificate, message: bytes, signature: bytes) -> None:
    """Check an SM2 signature with SM3 of `message`. Raises BadToken."""
    files = {"signer.pem": signer.public_bytes(Encoding.PEM), "message": message, "signature": signature}
    words = ["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY]
    where = ["-certin", "-inkey", "signer.pem", "-in", "message", "-sigfile", "signature"]
    _ask(files, [*words, *where], "the SM2 signature is not of this token")


def check_path(signer: Certificate, others: list[Certificate], roots: bytes, at: datetime) -> None:
    """Check that `signer` may sign time-stamps and leads to a root (PEM), all valid at `at`. Raises BadToken."""
    files = {
        "signer.pem": signer.public_bytes(Encoding.PEM),
        "others.pem": b"".join(each.public_bytes(Encoding.PEM) for each in (signer, *others)),
        "roots.pem": roots,
    }
    words = ["verify", "-no-CApath", "-no-CAstore", "-CAfile", "roots.pem", "-untrusted", "others.pem"]
    how = ["-purpose", "timestampsign", "-attime", str(int(at.timestamp())), "-vfyopt", IDENTITY, "signer.pem"]
    _ask(files, [*words, *how], "its certificate does not lead to a configured root or may not sign time-stamps")


def _ask(files: dict[str, bytes], words: list[str], otherwise: str) -> None:
    with TemporaryDirectory(prefix="sm2-") as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        found = _run(folder, words)
    if found.returncode:
        raise BadToken(f"{otherwise}: {_reason(found.stderr or found.stdout)}")


def _run(folder: str, words: list[str]) -> "subprocess.CompletedProcess[bytes]":
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "OPENSSL_CONF": os.devnull}
    try:
        return subprocess.run(  # noqa: S603 - the words are this module's, names of files it wrote and numbers
            ["openssl", *words], cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True,  # noqa: S607
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BadToken(f"openssl took longer than {SECONDS} s") from error
    except OSError as error:
        raise BadToken(f"SM2 is checked by the openssl program, which cannot be run here: {error.strerror}") from error


def _reason(said: bytes) -> str:
    """The line of OpenSSL's output that says what was wrong."""
    lines = said.decode(errors="replace").splitlines()
    named = [line for line in lines if line.startswith("error ")] or lines
    return " ".join(named[0].split())[:200] if named else "no reason given"
