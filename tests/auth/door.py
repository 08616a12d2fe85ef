"""The door as the network sees it: raw headers in, status and challenge out."""

from dataclasses import dataclass
from typing import Any

from tests.auth.world import World

PATH = "/oauth/userinfo"
PROXY = "192.0.2.7"


@dataclass(frozen=True)
class Told:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known == name), None)


async def knock(  # noqa: PLR0913 -- the parts of a request
    world: World,
    headers: list[tuple[bytes, bytes]],
    *,
    method: str = "GET",
    path: str = PATH,
    peer: str = PROXY,
    body: bytes = b"",
) -> Told:
    """Send one request past every HTTP library, which would tidy what is wrong on purpose."""
    status, told, answer = 0, [], b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, told, answer
        if message["type"] == "http.response.start":
            status = message["status"]
            told = [(name.decode(), value.decode()) for name, value in message["headers"]]
        else:
            answer += message.get("body", b"")

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": headers,
        "client": (peer, 4711),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    await world.app(scope, receive, send)
    return Told(status, told, answer)
