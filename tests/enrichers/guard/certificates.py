"""Certificates of an authority of our own, made by `openssl` when they are needed."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Signs what it is asked to, whether it is good or not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = folder / "authority.pem"
        self._key = folder / "authority.key"
        _openssl(
            *("req", "-x509", *_KEY, "-days", "30", "-subj", "/CN=Authority of the tests"),
            *("-addext", "keyUsage=critical,keyCertSign"),
            *("-keyout", self._key, "-out", self.certificate),
        )

    def trusted(self) -> ssl.SSLContext:
        """A client's context that trusts this authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def server(self, name: str, *, days: int = 30) -> ssl.SSLContext:
        """A server's context with a certificate for a name; one of fewer days than none has expired."""
        key, request, certificate, more = (
            self._folder / f"{name}{days}.{kind}" for kind in ("key", "csr", "pem", "ext")
        )
        more.write_text(f"subjectAltName=DNS:{name}\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n")
        _openssl("req", *_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"),
            *("-days", str(days), "-extfile", more, "-out", certificate),
        )
        return _serving(certificate, key)

    def self_signed(self, name: str) -> ssl.SSLContext:
        """A server's context with a certificate that nobody else vouches for."""
        key, certificate = self._folder / "self.key", self._folder / "self.pem"
        _openssl(
            *("req", "-x509", *_KEY, "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", key, "-out", certificate),
        )
        return _serving(certificate, key)


def _serving(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
