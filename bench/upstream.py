"""Five departments in one process: a POST is answered from prepared bytes, as fast as may be."""

import argparse
import asyncio
import json
import os
from typing import Any

import msgspec
import uvloop

from bench.people import numbers, rows

STEMS = ("identity", "vehicles", "housing_fund", "securities", "related_persons")


class _Asked(msgspec.Struct):
    ids: list[str]
    fields: list[str]


_ASKED = msgspec.json.Decoder(_Asked).decode


class Departments(asyncio.Protocol):
    """HTTP/1.1, one request after the other on a connection."""

    known: dict[tuple[str, tuple[str, ...]], dict[str, bytes]] = {}  # noqa: RUF012 -- prepared once
    people: list[str] = []  # noqa: RUF012 -- as above
    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._waiting = b""

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, rest = self._waiting.partition(b"\r\n\r\n")
            lowered = head.lower()
            at = lowered.find(b"content-length:")
            length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(rest) < length:
                return
            self._waiting = rest[length:]
            stem = head.split(b" ", 2)[1].strip(b"/").decode()
            answer = self._answer(stem, _ASKED(rest[:length]))
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, stem: str, asked: _Asked) -> bytes:
        fields = tuple(asked.fields)
        prepared = self.known.get((stem, fields))
        if prepared is None:
            prepared = self.known[stem, fields] = self._prepare(stem, fields)
        people = b",".join([prepared[number] for number in asked.ids])
        body = b'{"asOf":"2026-11-23T09:00:00+08:00","people":[' + people + b"]}"
        return (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
            % (len(body), body)
        )

    @classmethod
    def _prepare(cls, stem: str, fields: tuple[str, ...]) -> dict[str, bytes]:
        made = {}
        for place, number in enumerate(cls.people):
            kept = [
                {name: row[name] for name in fields}
                for row in rows(stem, number, cls.people, place)
            ]
            entry = {"idNumber": number, "found": True, "rows": kept}
            made[number] = json.dumps(entry, ensure_ascii=False).encode()
        return made


async def serve(port: int, people: int, latency: float) -> None:
    Departments.people = numbers(people)
    Departments.latency = latency
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Departments, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--core", type=int, default=1)
    given = parser.parse_args()
    os.sched_setaffinity(0, {given.core % (os.cpu_count() or 1)})
    uvloop.run(serve(given.port, given.people, given.latency_ms / 1000))
