"""A passkey in software: what a browser's answer to a challenge looks like, signed with a key of its own."""

import hashlib
import json
import os
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from accounts.models import User

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


class SoftPasskey:
    """A key bound to one host, and the account it was added to."""

    def __init__(self, user: User, host: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.rp = hashlib.sha256(host.encode()).digest()
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        head = self.rp + bytes([PRESENT_AND_VERIFIED | WITH_KEY]) + bytes(4)
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": head + bytes(data)})
        client = json.dumps({"type": "webauthn.create", "challenge": "", "origin": f"https://{host}"}).encode()
        response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attested)}
        credential = {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key"}
        credential |= {"response": response, "clientExtensionResults": {}}
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": credential}
        )

    def answer(self, options: dict[str, Any], origin: str) -> str:
        """Sign the page's challenge."""
        challenge = options["publicKey"]["challenge"]
        client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": origin}).encode()
        data = self.rp + bytes([PRESENT_AND_VERIFIED]) + bytes(4)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )
