"""Answers over a kilobyte are compressed for who takes gzip."""

import gzip
from typing import Any

import httpx
import pytest

from tests.running import ASSETS


@pytest.mark.parametrize(
    ("accepts", "query", "coding"),
    [
        pytest.param("gzip, br", ASSETS, "gzip", id="a large answer"),
        pytest.param("GZIP;q=0.5", ASSETS, "gzip", id="of several"),
        pytest.param("gzip", "{ viewer { role } }", None, id="a small answer"),
        pytest.param("gzip;q=0", ASSETS, None, id="expressly not"),
        pytest.param("br", ASSETS, None, id="another coding"),
        pytest.param("", ASSETS, None, id="none"),
    ],
)
def test_gzip_is_used_where_it_pays_and_is_wanted(
    demo: dict[str, Any], accepts: str, query: str, coding: str | None
) -> None:
    headers = {
        "authorization": f"Bearer {demo['tokens']['court-executor']}",
        "accept-encoding": accepts,
    }
    variables = {"n": demo["cases"][0]["number"]}

    with httpx.stream(
        "POST",
        demo["graphql"],
        json={"query": query, "variables": variables} if query is ASSETS else {"query": query},
        headers=headers,
        trust_env=False,
    ) as answer:
        body = b"".join(answer.iter_raw())

    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert int(answer.headers["content-length"]) == len(body)
    assert b'"data"' in (gzip.decompress(body) if coding else body)
