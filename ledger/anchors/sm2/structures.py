"""The ASN.1 of RFC 3161 and of CMS SignedData, as far as a time-stamp needs it, read as strict DER.

What stands as SET OF with an implicit tag is declared as a list: the bytes are the same, and authorities that do not
sort it are read too. A field that may hold anything and may be left out is a `list[TLV]` around it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, cast

from cryptography.hazmat.asn1 import (
    TLV,
    BitString,
    Default,
    Explicit,
    GeneralizedTime,
    Implicit,
    SetOf,
    decode_der,
    encode_der,
    sequence,
)
from cryptography.x509 import Certificate, ObjectIdentifier

MOST_BYTES = 1 << 16
"""A token has 2 to 8 kB."""
SM3 = ObjectIdentifier("1.2.156.10197.1.401")
SM2_SIGNATURES = {
    ObjectIdentifier(f"1.2.156.10197.1.{end}")
    for end in ("501", "301", "301.1")  # SM2 with SM3; SM2; SM2 signature (GM/T 0006)
}
SIGNED_DATA = {ObjectIdentifier("1.2.840.113549.1.7.2"), ObjectIdentifier("1.2.156.10197.6.1.4.2.2")}
"""CMS and GM/T 0010."""
TST_INFO = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE = ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
SIGNING_CERTIFICATE_V2 = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
DIGESTS = {
    SM3: "sm3",
    ObjectIdentifier("2.16.840.1.101.3.4.2.1"): "sha256",
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): "sha384",
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): "sha512",
}


class BadToken(ValueError):
    """The token does not prove the message; the sentence says why."""


@sequence
class Imprint:
    algorithm: list[TLV]
    digest: bytes


@sequence
class Request:
    version: int
    imprint: Imprint
    policy: ObjectIdentifier | None
    nonce: int | None
    wants_certificate: Annotated[bool, Default(False)]


@sequence
class Accuracy:
    seconds: int | None
    millis: Annotated[int | None, Implicit(0)]
    micros: Annotated[int | None, Implicit(1)]


@sequence
class TstInfo:
    version: int
    policy: ObjectIdentifier
    imprint: Imprint
    serial: int
    time: GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, Default(False)]
    nonce: int | None
    authority: Annotated[list[TLV] | None, Implicit(0)]
    extensions: Annotated[list[TLV] | None, Implicit(1)]

    def at(self) -> datetime:
        """The time that is vouched for, in UTC."""
        return self.time.as_datetime()


@sequence
class Attribute:
    kind: ObjectIdentifier
    values: SetOf[TLV]


@sequence
class IssuerAndSerial:
    issuer: TLV
    serial: int


@sequence
class SignerInfo:
    version: int
    signer: IssuerAndSerial | Annotated[bytes, Implicit(0)]
    digest: list[TLV]
    attributes: Annotated[list[TLV] | None, Implicit(0)]
    algorithm: list[TLV]
    signature: bytes
    others: Annotated[list[TLV] | None, Implicit(1)]


@sequence
class Content:
    kind: ObjectIdentifier
    value: Annotated[bytes, Explicit(0)]


@sequence
class SignedData:
    version: int
    digests: SetOf[TLV]
    content: Content
    certificates: Annotated[list[Certificate] | None, Implicit(0)]
    revoked: Annotated[list[TLV] | None, Implicit(1)]
    signers: SetOf[SignerInfo]


@sequence
class Token:
    kind: ObjectIdentifier
    data: Annotated[SignedData, Explicit(0)]


@sequence
class Status:
    number: int
    words: list[str] | None
    failure: BitString | None


@sequence
class Response:
    status: Status
    token: Token | None


@sequence
class EssCertId:
    digest: bytes
    issuer: list[TLV] | None


@sequence
class EssCertIdV2:
    algorithm: list[TLV] | None
    digest: bytes
    issuer: list[TLV] | None


@sequence
class SigningCertificate:
    certificates: list[EssCertId]
    policies: list[TLV] | None


@sequence
class SigningCertificateV2:
    certificates: list[EssCertIdV2]
    policies: list[TLV] | None


def read[T](kind: type[T], der: bytes) -> T:
    """Read one structure that fills `der`. Raises BadToken."""
    if len(der) > MOST_BYTES:
        raise BadToken(f"{len(der)} bytes are no time-stamp")
    try:
        return decode_der(kind, der)
    except ValueError as error:
        raise BadToken(f"not the DER of a time-stamp: {' '.join(str(error).split())}") from error


def parse[T](value: TLV, kind: type[T]) -> T:
    """Read one value inside a structure. Raises BadToken."""
    try:
        return cast("Callable[[type[T]], T]", value.parse)(kind)
    except ValueError as error:
        raise BadToken(f"not the DER of a time-stamp: {' '.join(str(error).split())}") from error


def algorithm(parts: list[TLV]) -> ObjectIdentifier:
    """Which algorithm an AlgorithmIdentifier names. Raises BadToken."""
    if not parts:
        raise BadToken("an algorithm has no name")
    return parse(parts[0], ObjectIdentifier)


def as_set(parts: list[TLV]) -> bytes:
    """The DER of a SET OF with these values as they stand: what the signature of signed attributes is over."""
    body = b"".join(as_der(part) for part in parts)
    return b"\x31" + _length(len(body)) + body


def as_der(part: TLV) -> bytes:
    """A value with its tag and length, as it stood."""
    value: Any = part.data
    return bytes(part.tag_bytes) + _length(len(value)) + bytes(value)


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes([count])
    size = (count.bit_length() + 7) // 8
    return bytes([0x80 + size]) + count.to_bytes(size, "big")


def request(digest: bytes, nonce: int) -> bytes:
    """A request (DER) to stamp an SM3 digest, with the certificate in the answer."""
    imprint = Imprint(algorithm=[decode_der(TLV, encode_der(SM3))], digest=digest)
    return encode_der(Request(version=1, imprint=imprint, policy=None, nonce=nonce, wants_certificate=True))
