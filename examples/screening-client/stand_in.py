"""A court for a test: it screens, tells changes and calls webhooks as the real one does, and says what it is told to say."""

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ROOT = re.compile(r"(?:(\w+)\s*:\s*)?listChanges\s*(?:\(([^)]*)\))?")
_ARGUMENT = r"%s\s*:\s*(?:\$(\w+)|\"?(\w+)\"?)"
_LARGEST_PAGE = 2  # so that whoever reads one page only is found out


@dataclass
class Court:
    """What the court knows and was asked.

    Attributes:
        verdicts: by identity number what `POST /screen` answers; NO_HIT for everybody else.
        begins_at: the last sequence before this court's first: what the adapter has already.
        failure: instead of answers: a status, or 0 for a connection that just ends.
        read: the cursors that `listChanges` was asked behind.
        refused: requests without the right token.
    """

    token: str
    secret: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    begins_at: int = 0
    failure: int | None = None
    screened: list[str] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    refused: int = 0

    @property
    def last(self) -> int:
        """The sequence of the newest change."""
        return self.begins_at + len(self.changes)

    def tell(
        self, kind: str, entry: str, number: str | None = None, name: str | None = None
    ) -> int:
        """Write a change of the list; return its sequence. Nobody is called."""
        version = 1 + sum(one["entryId"] == entry for one in self.changes)
        sequence = self.last + 1
        self.changes.append(
            {
                "cursor": str(sequence),
                "kind": kind,
                "entryId": entry,
                "version": version,
                "at": _now(),
                "idNumber": number,
                "name": name,
                "caseNumber": None if name is None else "（2026）示9903执1号",
                "termEndsOn": None,
            }
        )
        return sequence

    def call(  # noqa: PLR0913 -- what may be wrong with a message
        self,
        url: str,
        sequence: int,
        *,
        age: int = 0,
        secret: str = "",
        altered: bool = False,
        signature: str | None = None,
        before: str = "",
    ) -> tuple[int, tuple[dict[str, str], bytes]]:
        """Call the endpoint for a change; return its status and the message.

        Args:
            age: seconds since it was signed.
            secret: another key to sign with.
            altered: the body changes after signing.
            signature: instead of the right one.
            before: another signature in front of it.
        """
        change = self.changes[sequence - self.begins_at - 1]
        data = {"cursor": str(sequence), "entryId": change["entryId"], "version": change["version"]}
        kind = f"list.{change['kind'].lower()}"
        body = json.dumps({"type": kind, "timestamp": change["at"], "data": data}).encode()
        message_id, timestamp = f"msg_{sequence}", int(time.time()) - age
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        signed = f"{message_id}.{timestamp}.".encode() + body
        digest = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": before + (f"v1,{digest}" if signature is None else signature),
        }
        message = headers, body.replace(b"msg", b"MSG") + b" " if altered else body
        return post(url, *message), message

    def results(self, question: dict[str, Any]) -> dict[str, Any]:
        numbers = [one.get("idNumber") or "" for one in question["subjects"]]
        self.screened += numbers
        return {
            "results": [self.verdicts.get(one, {"verdict": "NO_HIT"}) for one in numbers],
            "receipt": "0" * 32,
            "listSequence": self.last,
            "catalogueVersion": "2017-1",
        }

    def page(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer a GraphQL request for `listChanges`, and no other."""
        found = _ROOT.search(question["query"])
        if found is None:
            return {"errors": [{"message": "this court knows listChanges only"}]}
        given = question.get("variables") or {}
        after = int(_argument(found[2] or "", "after", given) or 0)
        first = int(_argument(found[2] or "", "first", given) or 100)
        self.read.append(after)
        behind = self.changes[max(0, after - self.begins_at) :]
        nodes = behind[: min(first, _LARGEST_PAGE)]
        newest = {one["entryId"]: one for one in self.changes}
        gone = {name for name, one in newest.items() if one["kind"] == "REMOVED"}
        empty = dict.fromkeys(("idNumber", "name", "caseNumber"))
        shown = [
            one | {"kind": "REMOVED", **empty} if one["entryId"] in gone else one for one in nodes
        ]
        page = {
            "nodes": shown,
            "cursor": nodes[-1]["cursor"] if nodes else str(after),
            "hasMore": len(behind) > len(nodes),
        }
        return {"data": {found[1] or "listChanges": page}}


def opened(court: Court, host: str, port: int) -> ThreadingHTTPServer:
    """Let *court* answer at an address, in threads of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            if court.failure == 0:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if self.headers.get("authorization") != f"Bearer {court.token}":
                court.refused += 1
                self._answer(401, {"errors": [{"message": "UNAUTHENTICATED"}]})
            elif court.failure is not None:
                self._answer(court.failure, {"errors": [{"message": "LIST_NOT_CURRENT"}]})
            elif self.path == "/screen":
                self._answer(200, court.results(json.loads(body)))
            else:
                self._answer(200, court.page(json.loads(body)))

        def _answer(self, status: int, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's word
            """Say nothing."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def post(url: str, headers: dict[str, str], body: bytes) -> int:
    """Return the status that *url* answers; 0 if it does not."""
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 -- as given
    try:
        with urllib.request.urlopen(request, timeout=15) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _argument(arguments: str, name: str, variables: dict[str, Any]) -> Any:
    found = re.search(_ARGUMENT % name, arguments)
    if found is None:
        return None
    return variables.get(found[1]) if found[1] else (None if found[2] == "null" else found[2])


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(time.time() + 8 * 3600))
