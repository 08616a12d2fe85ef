"""The login page: plain HTML, Chinese with English beside it, no script, nothing from outside."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from auth.starlette_adapter import NO_STORE

WRONG: Final = (
    "用户名、密码或动态验证码不正确。",
    "The user name, the password or the code is not correct.",
)
STALE: Final = ("页面已过期，请重新登录。", "This page has expired. Please log in again.")
NOT_PROVEN: Final = ("动态验证码不正确。", "The code is not correct.")
CANNOT_BEGIN: Final = (
    "用户名或启用码不正确，或启用码已过期。",
    "The user name or the activation code is not correct, or it has expired.",
)
WEAK: Final = (
    "密码过于简单：至少12位，不含用户名和常见词。",
    "The password is too easy: 12 characters or more, without your name and the usual words.",
)
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
.picture svg{width:12rem;height:12rem;background:#fff}
ul{padding:0;list-style:none}
li code{font-size:.95em;white-space:nowrap}
code{font:1em/1.6 ui-monospace,monospace;overflow-wrap:anywhere}
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
    hint: str = "",
) -> HTMLResponse:
    """Return the form that posts back to its own address.

    Args:
        query: the authorization request, repeated in the form's action.
        redirect_uri: where a login leads; Chromium checks that redirect against `form-action`.
        problem: Chinese and English words; never says which of the three was wrong.
        hint: a second factor to fill in, in the demo.
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
{_code_field(hint)}
<button>登录 <span lang="en">Log in</span></button>
</form>"""
    response = _page(body, status, f"'self' {_origin(redirect_uri)}")
    if retry_after is not None:
        response.headers["retry-after"] = str(retry_after)
    return response


def proof_page(
    *,
    user: str,
    ticket: str,
    problem: tuple[str, str] | None = None,
    status: int = 200,
    hint: str = "",
) -> HTMLResponse:
    """Return the form in which somebody who is signed in shows the second factor again."""
    body = f"""<h1>再次验证 <span lang="en">Confirm it is you</span></h1>
<div>查看明文或审批前，请输入动态验证码。<br>
<span lang="en">Before raw identifiers are shown, or anything is approved.</span></div>
<div>{escape(user)}</div>
{_alert(problem)}<form method="post">
<input type="hidden" name="ticket" value="{escape(ticket)}">
{_code_field(hint, alone=True)}
<button>确认 <span lang="en">Confirm</span></button>
</form>"""
    return _page(body, status, "'self'")


def activation_page(
    *, ticket: str, problem: tuple[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    """Return the form in which a person begins: activation code, and a password of their own."""
    body = f"""<h1>启用账号 <span lang="en">Begin</span></h1>
{_alert(problem)}<form method="post">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<label for="username">用户名（工号） <span lang="en">User name</span></label>
<input id="username" name="username" autocomplete="username" maxlength="128" required autofocus>
<label for="activation">启用码 <span lang="en">Activation code</span></label>
<input id="activation" name="activation" autocomplete="off" maxlength="32" required>
<label for="password">新密码（不少于12位） <span lang="en">New password, 12 characters or more</span></label>
<input id="password" name="password" type="password" autocomplete="new-password" maxlength="256"
required>
<button>继续 <span lang="en">Go on</span></button>
</form>"""
    return _page(body, status, "'self'")


def password_page(
    *, user: str, ticket: str, problem: tuple[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    """Return the form that changes a password: the old one, a code, and the new one."""
    body = f"""<h1>修改密码 <span lang="en">Change the password</span></h1>
<div>{escape(user)}</div>
{_alert(problem)}<form method="post">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<label for="password">当前密码 <span lang="en">Present password</span></label>
<input id="password" name="password" type="password" autocomplete="current-password"
maxlength="1024" required autofocus>
{_code_field("")}
<label for="new">新密码（不少于12位） <span lang="en">New password, 12 characters or more</span></label>
<input id="new" name="new" type="password" autocomplete="new-password" maxlength="256" required>
<button>修改 <span lang="en">Change</span></button>
</form>"""
    return _page(body, status, "'self'")


def enrolment_page(  # noqa: PLR0913 -- the page's blanks
    *,
    user: str,
    activation: str,
    ticket: str,
    secret: str,
    picture: str,
    problem: tuple[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the page with the QR code, *picture* (SVG), and the field for its first code."""
    body = f"""<h1>绑定动态验证码 <span lang="en">Second factor</span></h1>
<div>用验证器扫描，再输入显示的六位数字。<br>
<span lang="en">Scan it with an authenticator, then type the six digits it shows.</span></div>
<div class="picture">{picture}</div>
<div><code>{escape(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)))}</code></div>
{_alert(problem)}<form method="post">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<input type="hidden" name="username" value="{escape(user)}">
<input type="hidden" name="activation" value="{escape(activation)}">
{_code_field("", alone=True, recovery=False)}
<button>确认 <span lang="en">Confirm</span></button>
</form>"""
    return _page(body, status, "'self'")


def recovery_page(codes: Sequence[str]) -> HTMLResponse:
    """Return the page that shows the recovery codes, once."""
    rows = "".join(f"<li><code>{escape(code)}</code></li>" for code in codes)
    body = f"""<h1>恢复码 <span lang="en">Recovery codes</span></h1>
<div>每个只能用一次，请离线妥善保管；本页不会再次显示。<br>
<span lang="en">Each is good once, instead of a code. Keep them on paper: they are not shown again.</span></div>
<ul>{rows}</ul>
<p><a href="/session/sign-in">登录 <span lang="en">Log in</span></a></p>"""
    return _page(body, 200, "'none'")


def _code_field(hint: str, *, alone: bool = False, recovery: bool = True) -> str:
    needed = " required autofocus" if alone else ""
    zh, en = (
        ("动态验证码或恢复码", "Code, or a recovery code") if recovery else ("动态验证码", "Code")
    )
    return f"""<label for="code">{zh} <span lang="en">{en}</span></label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="32"
value="{escape(hint)}"{needed}>"""


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
