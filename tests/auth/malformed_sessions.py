"""Requests to the gateway's own sessions as no browser means them: forms and JSON, broken in every way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from tests.auth.malformed import FORM, JSON, NASTY, PASSWORD, Request, broken, encoded, visible

COOKIE: Final = "chakong-session"
FORM_COOKIE: Final = "chakong-form"


@dataclass(frozen=True)
class Browser:
    """One that is signed in, and was shown every form; *tickets* by path."""

    cookie: str
    id: str
    form_cookie: str
    tickets: Mapping[str, str]
    token: str


FORMS: Final[dict[str, dict[str, str]]] = {
    "/session/sign-in": {"username": "executor-1", "password": PASSWORD, "code": "000000"},
    "/session/step-up": {"code": "000000"},
    "/session/password": {"password": PASSWORD, "new": "password", "code": "000000"},
    "/session/activate": {"username": "executor-1", "activation": "c" * 24, "password": PASSWORD},
}
"""What is well in form, and lets nobody's password be changed: the campaign needs it."""
SCRIPTED: Final = ("/session", "/session/list", "/session/end", "/session/token")


@st.composite
def session_requests(draw: st.DrawFn, browsers: Sequence[Browser]) -> Request:
    browser = draw(st.sampled_from(browsers))
    path = draw(st.sampled_from([*FORMS, *SCRIPTED]))
    headers = [(b"cookie", _cookies(draw, browser, path))]
    if path in FORMS:
        fields = broken(draw, list(({"ticket": browser.tickets[path]} | FORMS[path]).items()))
        body, kind = encoded(fields), FORM
    else:
        body, kind = _scripted(draw, browser, path), b"application/json"
        headers.append((b"x-chakong-session", draw(st.sampled_from([b"1"] * 9 + [b"", b"2"]))))
    if draw(st.integers(0, 19)) == 0:
        body = draw(st.binary(max_size=300))
    headers.append((b"content-type", draw(st.sampled_from([kind] * 9 + [b"", b"text/plain"]))))
    if draw(st.integers(0, 5)) == 0:
        headers.append((draw(st.sampled_from([b"origin", b"sec-fetch-site"])), draw(visible())))
    method = draw(st.sampled_from(["POST"] * 6 + ["GET"] * 3 + ["PUT", "HEAD"]))
    return Request(method, path, b"", tuple(headers), body)


def _cookies(draw: st.DrawFn, browser: Browser, path: str) -> bytes:
    if draw(st.integers(0, 9)) == 0:
        return draw(visible())
    shown = [f"{FORM_COOKIE}={browser.form_cookie}"]
    if path != "/session/token":  # it would end the session of the browser
        shown.append(f"{COOKIE}={browser.cookie}")
    return "; ".join(shown).encode()


def _scripted(draw: st.DrawFn, browser: Browser, path: str) -> bytes:
    if path == "/session/token":
        told = draw(st.sampled_from([browser.token, browser.token[:-3], ""]))
        good: object = {"token": told}
    else:
        good = {"session": draw(st.one_of(NASTY, st.just("0" * 16)))}
    return draw(
        st.one_of(
            st.just(json.dumps(good).encode()),
            JSON.map(lambda made: json.dumps(made).encode()),
            JSON.map(lambda made: json.dumps({"token": made, "session": made}).encode()),
            st.sampled_from([b"[" * 3000, b"{" * 3000, b'{"session":"\xff"}', b"{}{}"]),
        )
    )
