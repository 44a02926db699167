"""Certificates for one test, and a proxy's tunnel."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import select
import socket
import ssl
import warnings
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [], 10)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (other if ready is one else one).sendall(data)


def tunnel(peer: socket.socket, request: bytes) -> str:
    host, _, port = request.split(b" ")[1].rpartition(b":")
    with socket.create_connection((host.decode(), int(port))) as out:
        peer.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
        pump(peer, out)
    return "close"


def authority(directory: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = signed("Test CA", key, key, "Test CA", [], valid=True, ca=True)
    (directory / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    issuer: str,
    addresses: list[str],
    *,
    valid: bool,
    ca: bool = False,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=1 if valid else -1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if addresses:
        names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(by, hashes.SHA256())


def server_context(directory: Path, name: str, by: ec.EllipticCurvePrivateKey, **how: object) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    addresses = how.get("addresses", ["127.0.0.1"])
    assert isinstance(addresses, list)
    certificate = signed(
        name, key, by, str(how.get("issuer", "Test CA")), addresses, valid=bool(how.get("valid", True))
    )
    file = directory / f"{name}.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def questionable(directory: Path) -> dict[str, ssl.SSLContext]:
    """Servers of an authority's that is kept as `ca.pem`: one in order, and four that a client has to doubt."""
    _, key = authority(directory)
    stranger = ec.generate_private_key(ec.SECP256R1())
    old = server_context(directory, "old", key)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    return {
        "good": server_context(directory, "good", key),
        "expired": server_context(directory, "expired", key, valid=False),
        "wrong-host": server_context(directory, "wrong-host", key, addresses=["127.0.0.2"]),
        "self-signed": server_context(directory, "self-signed", stranger, issuer="Nobody"),
        "old": old,
    }
