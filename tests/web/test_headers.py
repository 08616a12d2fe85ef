"""What the pages tell the browser: run nothing foreign, stay out of frames, tell nobody the address."""

import re
from typing import Any

import httpx
import pytest

LOGIN = (
    "/oauth/authorize?response_type=code&client_id=graphiql&redirect_uri={base}/graphiql"
    "&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/graphiql", 200, id="GraphiQL"),
        pytest.param(LOGIN, 200, id="login"),
        pytest.param("/oauth/authorize", 400, id="refused login"),
    ],
)
def test_a_page_keeps_others_out(demo: dict[str, Any], path: str, status: int) -> None:
    page = _get(demo, path)
    policy = _policy(page)

    assert page.status_code == status
    assert policy["default-src"] == "'none'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


def test_the_login_page_may_run_no_script_at_all(demo: dict[str, Any]) -> None:
    page = _get(demo, LOGIN)

    assert "script-src" not in _policy(page)
    assert "unsafe" not in page.headers["content-security-policy"]


def test_graphiql_asks_this_origin_only_and_has_no_script_in_the_page(demo: dict[str, Any]) -> None:
    page = _get(demo, "/graphiql")
    policy = _policy(page)

    assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert not re.search(r"https?:", page.headers["content-security-policy"])
    for attributes, content in re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL):
        assert "application/json" in attributes or not content.strip()


def test_the_files_of_the_page_are_what_they_are_called(demo: dict[str, Any]) -> None:
    names = set(re.findall(r'/graphiql/assets/[^"]+', _get(demo, "/graphiql").text))

    files = [_get(demo, name) for name in names]

    assert {file.headers["content-type"].split(";")[0] for file in files} == {
        "text/javascript",
        "text/css",
    }
    assert {file.headers["x-content-type-options"] for file in files} == {"nosniff"}
    assert all("immutable" in file.headers["cache-control"] for file in files)


def _get(demo: dict[str, Any], path: str) -> httpx.Response:
    base = demo["issuer"]
    return httpx.get(base + path.format(base=base), trust_env=False)


def _policy(page: httpx.Response) -> dict[str, str]:
    directives = page.headers["content-security-policy"].split(";")
    named = (directive.strip().partition(" ") for directive in directives)
    return {name: sources for name, _, sources in named}
