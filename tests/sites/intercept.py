"""An intercepting proxy on loopback: serves pages under their own http and https addresses, reaches nothing."""

from __future__ import annotations

import contextlib
import datetime
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Stored:
    """An answer: a body as it goes over the wire, and its headers."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),)
    status: int = 200


class Authority:
    """A certificate authority for one test: `ca_file` is what a client must trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        # One key for all hosts: making keys is most of the work.
        self._host_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.ca_file = folder / "ca.pem"
        name = _name("Throw-away CA")
        builder = self._builder(name, self._key).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.ca_file.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        """What a server of that name speaks TLS with."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._made(host)
            return self._contexts[host]

    def _made(self, host: str) -> ssl.SSLContext:
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        # A common name has room for 64 characters only; the alternative name is the one that counts.
        builder = self._builder(_name(host[:64]), self._host_key).add_extension(names, critical=False)
        file = self._folder / f"{len(self._contexts)}.pem"
        file.write_bytes(
            builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
            + self._host_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(_name("Throw-away CA"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


@dataclass
class Interceptor:
    """A running proxy: its address, the file of its authority, and the address of every request that it answered."""

    proxy: str
    ca_file: Path
    answered: list[str] = field(default_factory=list)


@contextlib.contextmanager
def intercepting(pages: Mapping[str, Stored], folder: Path) -> Iterator[Interceptor]:
    """While the block runs, a proxy answers for these addresses; 404 for every other, robots.txt included."""
    authority = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # A client that waits for acknowledgements would make each answer cost 40 ms.
        disable_nagle_algorithm = True
        origin = ""

        def do_CONNECT(self) -> None:
            host, _, port = self.path.rpartition(":")
            self.send_response_only(200, "Connection established")
            self.end_headers()
            # The tunnel's other end is here: what comes next on this connection is the host's TLS.
            try:
                self.connection = authority.context(host).wrap_socket(self.connection, server_side=True)
            except OSError:
                # A client that does not trust the authority hangs up.
                self.close_connection = True
                return
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
            self.origin = f"https://{host}" + ("" if port == "443" else f":{port}")
            self.close_connection = False

        def do_GET(self) -> None:
            url = self.origin + self.path
            running.answered.append(url)
            stored = pages.get(url) or Stored(b"not here", (("Content-Type", "text/plain"),), 404)
            self.send_response(stored.status)
            for name, value in stored.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(stored.body)))
            self.end_headers()
            self.wfile.write(stored.body)

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()
            # The server closes the socket that it accepted; the TLS one wrapped around it is ours.
            self.connection.close()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        running = Interceptor(f"http://127.0.0.1:{server.server_port}", authority.ca_file)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield running
        finally:
            server.shutdown()
