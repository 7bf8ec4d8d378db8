"""A stream under a key: AES-256-GCM piece by piece, so that a backup of any size needs no more memory than one piece.

salt (16) · nonce prefix (7) · pieces of 1 MiB, each with its tag. The nonce of a piece carries its number and whether
it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): no piece can be changed,
moved, left out or cut off unnoticed.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

_PIECE = 1 << 20
_TAG = 16
_SALT = 16
_PREFIX = 7


class WrongKeyError(Exception):
    """The key does not open the first piece of the stream."""


class DamagedError(Exception):
    """The stream was changed or cut off after its first piece."""


def _cipher(key: bytes, salt: bytes):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    # A person may have typed the key: scrypt makes guessing it dear.
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(key))


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


class Encrypting(io.RawIOBase):
    """Writes what it is given, encrypted, to ``target``; the last piece goes out at ``close``."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target = target
        salt, self._prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        self._cipher = _cipher(key, salt)
        self._waiting = bytearray()
        self._number = 0
        target.write(salt + self._prefix)

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        self._waiting += content
        # One piece always waits: only at the end is it known which one is the last.
        while len(self._waiting) > _PIECE:
            self._put(bytes(self._waiting[:_PIECE]), is_last=False)
            del self._waiting[:_PIECE]
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), is_last=True)
        super().close()

    def _put(self, piece: bytes, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, is_last)
        self._target.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


class Decrypting(io.RawIOBase):
    """Reads what ``Encrypting`` wrote. Raises WrongKeyError or DamagedError at the first piece the key does not open."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        self._source = source
        head = source.read(_SALT + _PREFIX)
        self._prefix = head[_SALT:]
        self._cipher = _cipher(key, head[:_SALT])
        self._next = source.read(_PIECE + _TAG)
        self._number = 0
        self._plain = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._plain and self._next is not None:
            self._open_piece()
        count = min(len(buffer), len(self._plain))
        buffer[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def _open_piece(self) -> None:
        from cryptography.exceptions import InvalidTag

        piece, following = self._next, self._source.read(_PIECE + _TAG)
        try:
            nonce = _nonce(self._prefix, self._number, is_last=not following)
            self._plain = self._cipher.decrypt(nonce, piece, None)
        except (InvalidTag, ValueError) as error:
            raise (DamagedError if self._number else WrongKeyError) from error
        self._number += 1
        self._next = following or None
