"""The certificate that signs what is generated here: the operator's, or one made at first use.

An own certificate proves that two files come from the same installation, and that a file was not
changed since. It does not prove whose installation that is: no authority has checked that.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tts_core.errors import MarkingError
from tts_core.settings import Settings

log = logging.getLogger(__name__)

CHAIN, KEY = "chain.pem", "key.pem"
"""Names of the files of an own certificate."""
OWNER = "Aloud (own certificate)"
_YEARS = timedelta(days=3650)
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True, slots=True)
class Certificate:
    """What signs. `chain`: PEM, the signer's certificate first. `key`: PEM, PKCS 8."""

    chain: bytes
    key: bytes

    def algorithm(self) -> str:
        """Return the name that C2PA has for the key's algorithm.

        Raises MarkingError when this cannot sign.
        """
        try:
            key = load_pem_private_key(self.key, None)
            [signer, *_] = x509.load_pem_x509_certificates(self.chain)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise MarkingError(
                "TTS_C2PA_CERTIFICATE or TTS_C2PA_KEY is not PEM without a password."
            ) from error
        if signer.public_key() != key.public_key():
            raise MarkingError("TTS_C2PA_KEY is not the key of TTS_C2PA_CERTIFICATE.")
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in _CURVES:
            raise MarkingError("TTS_C2PA_KEY must be an elliptic curve key: P-256, P-384 or P-521.")
        return _CURVES[key.curve.name]


def load_certificate(settings: Settings) -> Certificate:
    """Return the operator's certificate, or the own one, which is made if there is none.

    Raises MarkingError and OSError.
    """
    chain, key = settings.c2pa_certificate, settings.c2pa_key
    if (chain is None) != (key is None):
        raise MarkingError("Set both TTS_C2PA_CERTIFICATE and TTS_C2PA_KEY, or neither.")
    if chain is None or key is None:
        return _own(settings.certificate_path)
    return Certificate(chain.read_bytes(), key.read_bytes())


def _own(folder: Path) -> Certificate:
    """Return the own certificate, a new one if there is none or it cannot be used.

    The folder of one that cannot be used is kept under another name. Raises OSError.
    """
    if not folder.is_dir():
        _make(folder)
    try:
        found = Certificate((folder / CHAIN).read_bytes(), (folder / KEY).read_bytes())
        found.algorithm()
    except (MarkingError, FileNotFoundError) as error:
        aside = folder.with_name(f"{folder.name}.broken-{secrets.token_hex(4)}")
        folder.rename(aside)
        log.warning(
            "the certificate in %s cannot be used (%s): it is kept as %s, and a new one signs from "
            "now on, as another signer",
            folder,
            error,
            aside.name,
        )
        _make(folder)
        found = Certificate((folder / CHAIN).read_bytes(), (folder / KEY).read_bytes())
    return found


def _make(folder: Path) -> None:
    """Make a certificate in a new folder, unless another process is faster. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(prefix=".certificate-", dir=folder.parent))  # for its owner only
    try:
        certificate = make_certificate()
        (unfinished / CHAIN).write_bytes(certificate.chain)
        with open(unfinished / KEY, "xb", opener=_private) as file:
            file.write(certificate.key)
        with suppress(OSError):  # there is one meanwhile
            unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def make_certificate() -> Certificate:
    """Return a new certificate for signing, signed by an authority whose key is thrown away.

    C2PA 2.2 (section 14.5) refuses certificates that sign themselves.
    """
    authority, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _name("Aloud authority")
    root = (
        _builder(issuer, issuer, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    leaf = (
        _builder(_name("Aloud"), issuer, signer)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .sign(authority, hashes.SHA256())
    )
    return Certificate(
        leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM),
        signer.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _name(common: str) -> x509.Name:
    parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, OWNER))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        issuer,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(days=1),  # for clocks that are behind
        now + _YEARS,
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
