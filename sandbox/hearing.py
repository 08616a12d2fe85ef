"""What any department hears beneath its protocol: the addresses it is called at; and a fault that tells too much."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.faults import Faults

_OURS = ("/health", "/_sandbox/")


class Hearing:
    """Writes each address, whole, a line; while the department *repeats*, it refuses in its caller's words."""

    def __init__(self, app: ASGIApp, faults: Faults, path: Path) -> None:
        self._app = app
        self._faults = faults
        self._file = path.open("ab")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OURS):
            await self._app(scope, receive, send)
            return
        target = scope["raw_path"] + (
            b"?" + scope["query_string"] if scope["query_string"] else b""
        )
        self._file.write(scope["method"].encode() + b" " + target + b"\n")
        self._file.flush()
        if self._faults.mode == "repeats":
            await self._repeat(Request(scope, receive))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @staticmethod
    def _repeat(request: Request) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            told = b"\n".join(name + b": " + value for name, value in request.headers.raw)
            words = b"cannot serve " + told + b"\n" + await request.body()
            refusal = Response(words, 400, media_type="text/plain")
            # A header that is not Latin-1 cannot be sent; what was heard in one can.
            refusal.headers["x-reason"] = request.headers.get("x-officer", "")
            await refusal(scope, receive, send)

        return answer
