"""Mutual TLS with an A1 certificate whose key never touches a disk in clear."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from cais.fiscal.certificate import A1
from cais.ports.errors import ConfigurationError


def tls_context(a1: A1, *, ca_bundle: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, the server always verified, our certificate shown when asked.

    The servers' chains end in roots of ICP-Brasil that systems do not carry: `ca_bundle` holds them, and without it the
    system's own roots are used. There is no way to switch verification off. Raises ConfigurationError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Some authorisers ask for the client's certificate only after the handshake.
    context.post_handshake_auth = True
    _trust(context, ca_bundle)
    password = secrets.token_urlsafe(32)
    with _in_memory(_pem(a1, password)) as path:
        context.load_cert_chain(path, password=password)
    return context


def _trust(context: ssl.SSLContext, ca_bundle: Path | None) -> None:
    if ca_bundle is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    try:
        context.load_verify_locations(cafile=str(ca_bundle))
    except (OSError, ssl.SSLError) as error:
        words = f"O arquivo de certificados das autoridades ({ca_bundle.name}) não pôde ser lido: {error}"
        raise ConfigurationError(words, field="ca_bundle", code="ca_bundle") from error


def _pem(a1: A1, password: str) -> bytes:
    key = a1.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
    return b"".join([key, *(each.public_bytes(serialization.Encoding.PEM) for each in (a1.certificate, *a1.chain))])


@contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    """A path that the ssl module can read, as it reads keys from files only: memory without a name where there is any.

    Elsewhere a file of our own, gone at the end; its content is encrypted with a password nobody keeps.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("a1", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a1.pem"
        path.touch(mode=0o600)
        path.write_bytes(content)
        yield str(path)
