"""Encrypts what must not be read from a database: numbers of persons and accounts, secrets of second factors.

AES-256-GCM for keeping, HMAC-SHA-256 for looking a number up, each under a key of its own derived (HKDF) from
`settings.FIELD_KEY`. What a number is for goes into both, so that one kind's ciphertext or hash is useless as
another's.
"""

from __future__ import annotations

import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
"""Goes before every ciphertext, so that a later key or cipher can be told apart."""
_NONCE = 12


class CannotOpen(Exception):  # noqa: N818 - names what happened
    """The ciphertext is damaged, or was made under another DUIXIAN_FIELD_KEY."""


def seal(text: str, use: str) -> bytes:
    """The text encrypted; the same text gives another ciphertext each time."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(_key("seal")).encrypt(nonce, text.encode(), use.encode())


def unseal(sealed: bytes, use: str) -> str:
    """The text again.

    Raises:
        CannotOpen: it was not sealed with this key for this use.
    """
    try:
        if sealed[:1] != _VERSION:
            raise CannotOpen("an unknown version")
        return (
            AESGCM(_key("seal")).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], use.encode()).decode()
        )
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("not sealed with this key; check DUIXIAN_FIELD_KEY") from error


def lookup(text: str, use: str) -> str:
    """The keyed hash under which the text is found, 64 hexadecimal digits."""
    return hmac.new(_key("lookup"), f"{use}\0{text}".encode(), "sha256").hexdigest()


def _key(purpose: str) -> bytes:
    return _derived(settings.FIELD_KEY, purpose)


@cache
def _derived(secret: str, purpose: str) -> bytes:
    info = f"duixian.sealing.{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
