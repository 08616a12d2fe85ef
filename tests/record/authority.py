"""A time-stamping authority on a real socket: OpenSSL's own (`openssl ts`), behind a small HTTP server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIGURATION = """
[tsa]
default_tsa = court_tsa
[court_tsa]
dir = {place}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
_PROGRAM = "openssl"
_PURPOSE = "basicConstraints=CA:FALSE\nextendedKeyUsage=critical,timeStamping\n"


class Authority:
    """Answers as OpenSSL does, unless it is told to be silent or to stamp something else."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.ca = place / "ca.pem"
        self.asked = 0
        self.is_silent = False
        self.stamps_other = False
        self.url = ""
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", "/CN=Authority 示9903", "-days", "30"),
            *("-keyout", str(place / "ca.key"), "-out", str(self.ca)),
        )
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", "/CN=Time 示9903", "-keyout", str(place / "tsa.key")),
            *("-out", str(place / "tsa.csr")),
        )
        (place / "purpose").write_text(_PURPOSE)
        _openssl(
            *("x509", "-req", "-in", str(place / "tsa.csr"), "-CA", str(self.ca)),
            *("-CAkey", str(place / "ca.key"), "-CAcreateserial", "-days", "30"),
            *("-extfile", str(place / "purpose"), "-out", str(place / "tsa.pem")),
        )
        (place / "serial").write_text("01\n")
        (place / "tsa.cnf").write_text(_CONFIGURATION.format(place=place))

    def answer(self, query: bytes) -> bytes:
        (self.place / "query").write_bytes(query)
        if self.stamps_other:
            _openssl(
                *("ts", "-query", "-data", str(self.ca), "-sha256", "-cert"),
                *("-out", str(self.place / "query")),
            )
        command = ("ts", "-reply", "-config", str(self.place / "tsa.cnf"))
        return _openssl(*command, "-queryfile", str(self.place / "query"))


@contextmanager
def running_authority(place: Path) -> Iterator[Authority]:
    place.mkdir(exist_ok=True)
    authority = Authority(place)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.asked += 1
            query = self.rfile.read(int(self.headers["content-length"]))
            is_question = self.headers["content-type"] == "application/timestamp-query"
            if authority.is_silent or not is_question:
                self.send_error(503)
                return
            answer = authority.answer(query)
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _openssl(*arguments: str) -> bytes:
    done = subprocess.run([_PROGRAM, *arguments], check=True, capture_output=True)
    return done.stdout
