"""Encryption to a public key: files of age (https://age-encryption.org), by the library pyrage.

Data streams through; memory does not grow with it. An age file is sealed in pieces of 64 KiB and
says which is the last: an altered byte or a missing end is noticed, but the end only when it is
reached. So whoever acts on what comes out must have read it once to its end.
"""

import contextlib
import os
import threading

import pyrage
from pyrage import x25519

from operations.backup.errors import DamagedError, WrongKeyError

PRIVATE = "AGE-SECRET-KEY-"
NO_KEY_HERE = "The private key cannot be read: it is a line that begins with AGE-SECRET-KEY-1."
NOT_THIS_KEY = (
    "This private key does not open this backup (or the backup's first lines were altered): "
    "use the key whose public half was in BACKUP_PUBLIC_KEY when it was made."
)
NOT_WHOLE = "The backup is cut or altered: use another copy of it, or another backup."
NO_BACKUP = "This is no backup of `manage.py backup`, or only its very beginning."


def new_key():
    """A pair of keys: the public half, and the private one."""
    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def recipients(text):
    """The public keys in a text, with commas between them; `WrongKeyError` quotes none of them."""
    try:
        return [x25519.Recipient.from_str(key.strip()) for key in text.split(",")]
    except pyrage.RecipientError as error:
        raise WrongKeyError("A public key cannot be read: it begins with age1.") from error


def identities(text):
    """The private keys in a text as `age-keygen` writes it, which may hold comments."""
    lines = (line.strip() for line in text.splitlines())
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise WrongKeyError(NO_KEY_HERE)
    try:
        return [x25519.Identity.from_str(key) for key in keys]
    except pyrage.IdentityError as error:
        raise WrongKeyError(NO_KEY_HERE) from error


def encrypt(chunks, target, keys):
    """Write an iterable of bytes to a file, encrypted; what fails in either comes out as it was."""
    source = _Chunks(chunks)
    target = _Remembering(target)
    try:
        pyrage.encrypt_io(source, target, keys)
    except pyrage.EncryptError:
        if not (source.failure or target.failure):
            raise
    # Looked at in any case: of its last bytes the library does not say that they were not written.
    if failure := source.failure or target.failure:
        raise failure


@contextlib.contextmanager
def decrypted(path, keys):
    """A readable of what is in an encrypted file; at its end it is known whether that was all.

    What is wrong with the file is raised at the end of the block, in place of whatever followed
    from it.
    """
    with open(path, "rb") as file:
        reading, writing = os.pipe()
        worker = _Decrypting(file, writing, keys)
        worker.start()
        try:
            with open(reading, "rb", buffering=0) as readable:
                yield readable
        finally:
            worker.join()
            worker.say_what_failed()


class _Decrypting(threading.Thread):
    """Decrypts into a pipe, until the file ends or nobody reads any more."""

    def __init__(self, file, writing, keys):
        super().__init__(daemon=True)
        self.file, self.writing, self.keys = _Remembering(file), writing, keys
        self.failure = None

    def run(self):
        with open(self.writing, "wb", buffering=0) as pipe:
            target = _Remembering(pipe)
            try:
                pyrage.decrypt_io(self.file, target, self.keys)
            except (pyrage.DecryptError, OSError) as error:
                # A reader that went away has its own reasons.
                if not isinstance(target.failure, BrokenPipeError):
                    self.failure = error

    def say_what_failed(self):
        if self.failure is None:
            return
        if self.file.failure:
            raise self.file.failure
        if "No matching keys" in str(self.failure):
            raise WrongKeyError(NOT_THIS_KEY) from None
        if isinstance(self.failure, pyrage.DecryptError):
            raise DamagedError(NO_BACKUP) from None
        raise DamagedError(NOT_WHOLE) from None


class _Chunks:
    """An iterator of bytes as something to read from, which remembers why it ended early."""

    def __init__(self, chunks):
        self.chunks = iter(chunks)
        self.left = memoryview(b"")
        self.failure = None

    def read(self, size):
        try:
            while not self.left:
                self.left = memoryview(next(self.chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.failure = error
            raise
        piece, self.left = self.left[:size], self.left[size:]
        return bytes(piece)


class _Remembering:
    """A file that remembers why it failed: the library passes on the words alone."""

    def __init__(self, file):
        self.file = file
        self.failure = None

    def _try(self, act, *arguments):
        try:
            return act(*arguments)
        except BaseException as error:
            self.failure = error
            raise

    def read(self, size):
        return self._try(self.file.read, size)

    def write(self, data):
        return self._try(self.file.write, data)

    def flush(self):
        return self._try(self.file.flush)
