"""A time-stamp authority with SM2 certificates. OpenSSL makes its keys, certificates and signatures; the tokens are put
together here, since OpenSSL refuses to ("signing not supported for this key type")."""

import hashlib
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

IDENTITY = "distid:1234567812345678"
SM3, SM2_SM3 = "06082a811ccf55018311", "06082a811ccf55018375"
SIGNED_DATA = {"cms": "06092a864886f70d010702", "gm": "060a2a811ccf550601040202"}
TST_INFO = "060b2a864886f70d0109100104"
CONTENT_TYPE, DIGEST = "06092a864886f70d010903", "06092a864886f70d010904"
ESS = "060b2a864886f70d010910022f"
PURPOSE = "extendedKeyUsage = critical, timeStamping\n"
_EXTENSIONS = "basicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature\n"


def tlv(tag: int, *parts: bytes) -> bytes:
    """A DER value."""
    body = b"".join(parts)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (size if len(body) < 0x80 else bytes([0x80 + len(size)]) + size) + body


def number(value: int) -> bytes:
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _hex(*words: str) -> bytes:
    return bytes.fromhex("".join(words))


SM3_ALGORITHM = tlv(0x30, _hex(SM3))


@dataclass
class Said:
    """What the authority says; a test alters it to have a token that lies."""

    nonce: int
    digest: bytes
    algorithm: bytes = SM3_ALGORITHM
    at: datetime | None = None
    kind: str = "cms"
    status: int = 0
    signed_digest: bytes | None = None
    certificate_digest: bytes | None = None
    without: str = ""
    """The OID (hex) of a signed attribute that is left out."""


class Sm2Authority:
    """A root (`root`, PEM) and a time-stamp certificate under it, valid for `days` from `since`."""

    def __init__(self, folder: Path, since: datetime | None = None, days: int = 30, purpose: str = PURPOSE) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.root = folder, folder / "root.pem"
        (folder / "extensions").write_text(_EXTENSIONS + purpose)
        since = since or datetime.now(UTC) - timedelta(days=1)
        span = ["-not_before", f"{since:%Y%m%d%H%M%SZ}", "-not_after", f"{since + timedelta(days=days):%Y%m%d%H%M%SZ}"]
        for name in ("root", "tsa"):
            self._run("genpkey", "-algorithm", "SM2", "-out", f"{name}.key")
        sign = ["-sm3", "-sigopt", IDENTITY]
        self._run("req", "-x509", "-new", "-key", "root.key", *sign, "-subj", "/CN=SM2 Root", *span, "-out", "root.pem",
                  "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
        self._run("req", "-new", "-key", "tsa.key", *sign, "-subj", "/CN=SM2 TSA", "-out", "tsa.csr")
        self._run("x509", "-req", "-in", "tsa.csr", "-vfyopt", IDENTITY, "-CA", "root.pem", "-CAkey", "root.key", *sign,
                  "-extfile", "extensions", *span, "-out", "tsa.pem")  # fmt: skip
        self.certificate = self._run("x509", "-in", "tsa.pem", "-outform", "DER")

    def answer(self, query: bytes, **lies: object) -> bytes:
        """The response (DER) to a query as this platform makes it: SM3 digest, then the nonce."""
        at = query.index(_hex(SM3)) + 12
        digest, rest = query[at : at + 32], query[at + 32 :]
        said = Said(nonce=int.from_bytes(rest[2 : 2 + rest[1]], "big"), digest=digest)
        return self.token(Said(**{**said.__dict__, **lies}))  # type: ignore[arg-type]

    def token(self, said: Said) -> bytes:
        """A whole response (DER)."""
        status = tlv(0x30, number(said.status))
        if said.status > 1:
            return tlv(0x30, status)
        info = self._info(said)
        content = tlv(0x30, _hex(TST_INFO), tlv(0xA0, tlv(4, info)))
        signed = [number(3), tlv(0x31, SM3_ALGORITHM), content, tlv(0xA0, self.certificate)]
        data = tlv(0x30, *signed, tlv(0x31, self._signer(said, info)))
        return tlv(0x30, status, tlv(0x30, _hex(SIGNED_DATA[said.kind]), tlv(0xA0, data)))

    def _info(self, said: Said) -> bytes:
        imprint = tlv(0x30, said.algorithm, tlv(4, said.digest))
        time = tlv(0x18, f"{said.at or datetime.now(UTC):%Y%m%d%H%M%SZ}".encode())
        policy = _hex("06042a030401")
        return tlv(0x30, number(1), policy, imprint, number(7), time, tlv(0x30, number(1)), number(said.nonce))

    def _signer(self, said: Said, info: bytes) -> bytes:
        named = tlv(0x30, tlv(0x30, tlv(4, said.certificate_digest or hashlib.sha256(self.certificate).digest())))
        attributes = {
            CONTENT_TYPE: _hex(TST_INFO),
            DIGEST: tlv(4, said.signed_digest or sm3(info)),
            ESS: tlv(0x30, named),
        }
        parts = [tlv(0x30, _hex(kind), tlv(0x31, value)) for kind, value in attributes.items() if kind != said.without]
        body = b"".join(sorted(parts))
        signature = self._signed(tlv(0x31, body))
        algorithm = tlv(0x30, _hex(SM2_SM3))
        who = tlv(0x30, self._issuer(), self._serial())
        return tlv(0x30, number(1), who, SM3_ALGORITHM, tlv(0xA0, body), algorithm, tlv(4, signature))

    def _signed(self, message: bytes) -> bytes:
        (self._folder / "message").write_bytes(message)
        return self._run("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", IDENTITY, "-inkey", "tsa.key",
                         "-in", "message")  # fmt: skip

    def _serial(self) -> bytes:
        found = self._run("x509", "-in", "tsa.pem", "-noout", "-serial").decode()
        return number(int(found.strip().partition("=")[2], 16))

    @staticmethod
    def _issuer() -> bytes:
        return tlv(0x30, tlv(0x31, tlv(0x30, _hex("0603550403"), tlv(0x0C, b"SM2 Root"))))

    def _run(self, *words: str) -> bytes:
        return subprocess.run(["openssl", *words], cwd=self._folder, check=True, capture_output=True).stdout
