"""The login page: plain HTML, Chinese with English beside it, no script, nothing from outside."""

import base64
import hashlib
from html import escape
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from auth.starlette_adapter import NO_STORE

WRONG: Final = ("用户名或密码不正确。", "The user name or password is not correct.")
STALE: Final = ("页面已过期，请重新登录。", "This page has expired. Please log in again.")
TOO_OFTEN: Final = ("尝试次数过多，请稍后再试。", "Too many attempts. Please wait a minute.")

_STYLE: Final = """
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f2f4f7;color:#1a2433;
font:16px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif}
main{box-sizing:border-box;width:min(24rem,92vw);padding:2rem;background:#fff;
border:1px solid #c9d1dc;border-radius:6px}
h1{margin:0 0 .25rem;font-size:1.5rem}
span{color:#4a5668;font-size:.875em}
label{display:block;margin:1rem 0 .25rem}
input{box-sizing:border-box;width:100%;padding:.5rem;font:inherit;border:1px solid #67758a;
border-radius:4px}
button span{color:inherit}
button{width:100%;margin-top:1.5rem;padding:.6rem;font:inherit;color:#fff;background:#1b4b8f;
border:0;border-radius:4px;cursor:pointer}
:focus-visible{outline:3px solid #e0a100;outline-offset:2px}
.problem{margin:1rem 0 0;padding:.5rem .75rem;background:#fdecec;border-left:4px solid #b3261e}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def login_page(  # noqa: PLR0913 -- the page's blanks
    *,
    client_id: str,
    query: str,
    ticket: str,
    redirect_uri: str,
    problem: tuple[str, str] | None = None,
    status: int = 200,
    retry_after: int | None = None,
) -> HTMLResponse:
    """Return the form that posts back to its own address.

    Args:
        query: the authorization request, repeated in the form's action.
        redirect_uri: where a login leads; Chromium checks that redirect against `form-action`.
        problem: Chinese and English words; never says which of name and password was wrong.
    """
    body = f"""<h1>登录 <span lang="en">Log in</span></h1>
<div>应用 <span lang="en">Application</span>：{escape(client_id)}</div>
{_alert(problem)}<form method="post" action="?{escape(query)}">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<label for="username">用户名（工号） <span lang="en">User name</span></label>
<input id="username" name="username" autocomplete="username" maxlength="128" required autofocus>
<label for="password">密码 <span lang="en">Password</span></label>
<input id="password" name="password" type="password" autocomplete="current-password"
maxlength="1024" required>
<button>登录 <span lang="en">Log in</span></button>
</form>"""
    response = _page(body, status, f"'self' {_origin(redirect_uri)}")
    if retry_after is not None:
        response.headers["retry-after"] = str(retry_after)
    return response


def refusal_page(description: str) -> HTMLResponse:
    """Return the page for a request that names no client we could safely redirect to."""
    body = f"""<h1>无法登录 <span lang="en">Cannot log in</span></h1>
{_alert(("应用发来的登录请求无效，请联系管理员。", description))}"""
    return _page(body, 400, "'none'")


def _alert(problem: tuple[str, str] | None) -> str:
    if problem is None:
        return ""
    zh, en = map(escape, problem)
    return f'<div class="problem" role="alert">{zh}<br><span lang="en">{en}</span></div>\n'


def _page(body: str, status: int, form_action: str) -> HTMLResponse:
    html = f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>查控 · 登录</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>{_STYLE}</style></head>
<body><main>
{body}
</main></body></html>
"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(
        html,
        status_code=status,
        headers={
            **NO_STORE,
            "content-security-policy": policy,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        },
    )


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
