"""Secrets at rest: AES-GCM under a key derived from the server's field key."""

from __future__ import annotations

import base64
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12
_PURPOSE = b"duixian.accounts.second-factor"


def encrypted(text: str) -> str:
    """A text that only a server with the same field key reads."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), _PURPOSE)).decode()


def decrypted(text: str) -> str:
    """What was encrypted.

    Raises:
        cryptography.exceptions.InvalidTag: another key, or a changed text.
    """
    raw = base64.b64decode(text)
    return _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE).decode()


def _cipher() -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, None, _PURPOSE).derive(settings.FIELD_KEY.encode()))
