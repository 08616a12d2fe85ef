"""The sheet that every form is printed on: A4 with a court's margins, its type, its page numbers."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import segno

from gateway.forms.markup import Html, fill, joined

_STYLE: Final = """
@page{size:A4;margin:28mm 26mm 25mm 28mm;
@bottom-center{content:"第 " counter(page) " 页　共 " counter(pages) " 页";font:10.5pt SimSun,serif}}
*{box-sizing:border-box}
html{background:#e6e8eb;color:#000}
body{margin:0;font:16pt/1.75 SimSun,"Songti SC","Noto Serif CJK SC","Noto Serif SC",serif}
main{width:210mm;min-height:297mm;margin:8mm auto;padding:28mm 26mm 25mm 28mm;background:#fff;
box-shadow:0 1px 6px #0003}
h1{margin:0;font-size:22pt;font-weight:700;line-height:1.5;text-align:center;letter-spacing:.08em}
h1 span{display:block}
.number{margin:4mm 0 6mm;text-align:right}
p{margin:0;text-indent:2em;overflow-wrap:anywhere}
p.flush{text-indent:0}
p.note{font-size:10.5pt}
.signed{display:grid;place-items:center;width:70mm;text-align:center}
.signed>*{grid-area:1/1}
.seal{width:38mm;height:38mm;display:flex;flex-direction:column;align-items:center;justify-content:center;text-align:center;
border:1mm solid #c00;border-radius:50%;color:#c00;font-size:9pt;line-height:1.4}
.seal.place{justify-content:flex-end;padding-bottom:4mm;border:.4mm dotted #888;color:#888;
font-size:12pt}
table{width:100%;margin:4mm 0;border-collapse:collapse;font-size:12pt;line-height:1.6}
th,td{padding:1.5mm 3mm;border:.3mm solid #000;text-align:left;vertical-align:middle;
overflow-wrap:anywhere}
th{width:46mm;font-weight:400;text-align:center}
tr{break-inside:avoid}
.unapproved{margin:0 0 6mm;padding:2mm;border:.5mm solid #000;text-align:center;font-size:14pt;
font-weight:700;letter-spacing:.2em}
.closing{display:flex;justify-content:space-between;align-items:end;margin-top:4mm;break-inside:avoid}
figure{width:74mm;margin:0;font-size:8pt;line-height:1.5;overflow-wrap:anywhere}
figure svg{display:block;width:24mm;height:24mm}
@media print{html{background:none}
main{width:auto;min-height:0;margin:0;padding:0;box-shadow:none}}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; sandbox; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of every form: its own style, and nothing else at all."""

_SHEET: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>{style}</style></head>
<body><main>
{body}
</main></body></html>
"""
_CLOSING: Final = """<div class="closing">
<figure>{drawn}<figcaption>{words}</figcaption></figure>
<div class="signed"><div>{issuer}<br>{day}</div>{seal}</div>
</div>"""


def sheet(title: str, *parts: Html) -> Html:
    """Return the whole page; *title* is what a browser calls it, without anybody's name."""
    return fill(_SHEET, title=title, style=Html(_STYLE), body=joined(parts))


def heading(issuer: str, name: str) -> Html:
    return fill("<h1><span>{issuer}</span><span>{name}</span></h1>", issuer=issuer, name=name)


def table(rows: Iterable[tuple[str, object]]) -> Html:
    """Return a table of two columns: what it is, and what it says."""
    row = '<tr><th scope="row">{head}</th><td>{cell}</td></tr>'
    return fill(
        "<table>{rows}</table>", rows=joined(fill(row, head=head, cell=cell) for head, cell in rows)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a form comes from: words about it, and what its QR code says to compare it by."""

    words: tuple[str, ...]
    code: str


def closing(issuer: str, day: str, seal: Html, origin: Origin) -> Html:
    """Return the end of a form: who issues it and when, under the seal; beside it its origin."""
    drawn = segno.make(origin.code, error="m", micro=False).svg_inline(border=2, omitsize=True)
    return fill(
        _CLOSING,
        issuer=issuer,
        day=day,
        seal=seal,
        drawn=Html(drawn),
        words=joined(fill("<div>{line}</div>", line=line) for line in origin.words),
    )
