"""Whether a time-stamp token proves a message: RFC 3161, 2.4.2 and RFC 5816 with SM2 and SM3 (GM/T 0010, GM/T 0033)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.asn1 import TLV
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, ExtensionNotFound, ObjectIdentifier, SubjectKeyIdentifier

from ledger.anchors.sm2 import structures as asn1
from ledger.anchors.sm2.openssl import check_path, check_signature
from ledger.anchors.sm2.structures import BadToken, SignedData, SignerInfo, TstInfo, algorithm, parse

GRANTED = (0, 1)
MOST_CERTIFICATES = 10


@dataclass(frozen=True, slots=True)
class Read:
    """A token read: who signed what. Nothing of it is proved yet."""

    data: SignedData
    signer: SignerInfo
    info: TstInfo

    @property
    def certificates(self) -> list[Certificate]:
        return self.data.certificates or []


def sm3(message: bytes) -> bytes:
    """The SM3 digest, by the cryptographic library of the interpreter. Raises BadToken where it has none."""
    try:
        return hashlib.new("sm3", message).digest()
    except ValueError as error:
        raise BadToken("this interpreter's OpenSSL has no SM3") from error


def request(message: bytes, nonce: int) -> bytes:
    """The query (DER) to stamp `message` by its SM3 digest."""
    return asn1.request(sm3(message), nonce)


def read(answer: bytes) -> Read:
    """Read an authority's answer (DER). Raises BadToken for a refusal, and for what is no SM2 time-stamp."""
    response = asn1.read(asn1.Response, answer)
    if response.status.number not in GRANTED or response.token is None:
        words = "; ".join(response.status.words or ())[:200]
        raise BadToken(f"the authority refused (status {response.status.number}) {words}".rstrip())
    data = response.token.data
    if response.token.kind not in asn1.SIGNED_DATA or data.content.kind != asn1.TST_INFO:
        raise BadToken("the answer holds something else than a time-stamp")
    signers = data.signers.as_list()
    if len(signers) != 1:
        raise BadToken(f"a time-stamp has one signer, not {len(signers)}")
    if len(data.certificates or ()) > MOST_CERTIFICATES:
        raise BadToken(f"{len(data.certificates or ())} certificates are too many for a time-stamp")
    return Read(data, signers[0], asn1.read(TstInfo, data.content.value))


def check(answer: bytes, message: bytes, roots: bytes, nonce: int | None = None) -> datetime:
    """The time at which an authority under `roots` (PEM) saw `message`. Raises BadToken, saying what does not hold.

    `nonce` is the request's, known while its answer is fresh; None does not compare it.
    """
    found = read(answer)
    _check_imprint(found, message, nonce)
    certificate = _signer_of(found)
    _check_attributes(found, certificate)
    check_signature(certificate, asn1.as_set(found.signer.attributes or []), found.signer.signature)
    check_path(certificate, found.certificates, roots, found.info.at())
    return found.info.at()


def _check_imprint(found: Read, message: bytes, nonce: int | None) -> None:
    if nonce is not None and found.info.nonce != nonce:
        raise BadToken("the answer is to another request (nonce)")
    imprint = found.info.imprint
    if algorithm(imprint.algorithm) != asn1.SM3 or imprint.digest != sm3(message):
        raise BadToken("the token is of another message, or not of its SM3 digest")
    if algorithm(found.signer.digest) != asn1.SM3 or algorithm(found.signer.algorithm) not in asn1.SM2_SIGNATURES:
        raise BadToken("the token is not signed with SM2 and SM3")


def _signer_of(found: Read) -> Certificate:
    """The certificate that the signature names, among those of the token."""
    for certificate in found.certificates:
        if _is_named(certificate, found.signer):
            return certificate
    raise BadToken("the signer's certificate is not in the token")


def _is_named(certificate: Certificate, signer: SignerInfo) -> bool:
    name = signer.signer
    try:
        if isinstance(name, bytes):
            return certificate.extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest == name
        issuer = certificate.issuer.public_bytes()
    except (ExtensionNotFound, ValueError):  # a certificate is read piece by piece, and may break at any
        return False
    return certificate.serial_number == name.serial and issuer == asn1.as_der(name.issuer)


def _check_attributes(found: Read, certificate: Certificate) -> None:
    """What is signed besides: the kind and digest of the content, and the digest of the signer's certificate."""
    values = dict(_attributes(found.signer))
    if len(values) != len(found.signer.attributes or ()):
        raise BadToken("a signed attribute stands there twice")
    kind, digest = values.get(asn1.CONTENT_TYPE), values.get(asn1.MESSAGE_DIGEST)
    if kind is None or parse(kind, ObjectIdentifier) != asn1.TST_INFO:
        raise BadToken("the signature is not of a time-stamp's content")
    if digest is None or parse(digest, bytes) != sm3(found.data.content.value):
        raise BadToken("the content is not what was signed")
    if not _binds(values, certificate.public_bytes(Encoding.DER)):
        raise BadToken("the signature does not name the signer's certificate")


def _attributes(signer: SignerInfo) -> Iterator[tuple[ObjectIdentifier, TLV]]:
    for part in signer.attributes or ():
        attribute = parse(part, asn1.Attribute)
        values = attribute.values.as_list()
        if len(values) != 1:
            raise BadToken("a signed attribute has not one value")
        yield attribute.kind, values[0]


def _binds(values: dict[ObjectIdentifier, TLV], certificate: bytes) -> bool:
    """Whether the first ESS certificate identifier is the signer's (RFC 2634 with SHA-1, RFC 5035 with any other)."""
    if (newer := values.get(asn1.SIGNING_CERTIFICATE_V2)) is not None:
        named = parse(newer, asn1.SigningCertificateV2).certificates
        if not named:
            return False
        name = asn1.DIGESTS.get(algorithm(named[0].algorithm)) if named[0].algorithm else "sha256"
        return name is not None and hashlib.new(name, certificate).digest() == named[0].digest
    if (older := values.get(asn1.SIGNING_CERTIFICATE)) is not None:
        first = parse(older, asn1.SigningCertificate).certificates
        return bool(first) and hashlib.sha1(certificate, usedforsecurity=False).digest() == first[0].digest
    return False
