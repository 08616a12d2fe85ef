"""The public pages: HTML that needs no script, in Chinese and in English."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from domain.catalogue import department
from domain.civil_time import SHANGHAI
from domain.measure import Catalogue, Measure
from gateway.forms.markup import Html, fill, joined
from gateway.public.published import Published, Removal
from gateway.public.words import CONDUCT, EFFECTS, EN, PERFORMANCE, SEX, STATUS, ZH, either

STYLE: Final = """
:root { color-scheme: light dark; --line: #767b85; --accent: #0b4f8a; }
@media (prefers-color-scheme: dark) { :root { --line: #9aa0aa; --accent: #8cc2f5; } }
html { background: Canvas; color: CanvasText; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 3rem; line-height: 1.6;
  font-family: "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif; }
a { color: var(--accent); }
.skip { position: absolute; left: -100rem; }
.skip:focus { display: inline-block; min-height: 1.75rem; position: static; }
header { border-bottom: 2px solid var(--accent); margin-bottom: 1.5rem; padding: 1rem 0; }
header h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 1.25rem; list-style: none; margin: 0; padding: 0; }
nav a[aria-current] { font-weight: 700; text-decoration: none; }
form { border: 1px solid var(--line); border-radius: .5rem; display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); align-items: end; padding: 1rem;
  margin: 1rem 0; }
fieldset { border: 0; margin: 0; padding: 0; display: contents; }
legend { font-weight: 700; grid-column: 1 / -1; padding: 0; }
label { display: grid; gap: .25rem; }
input, button { font: inherit; min-height: 2.75rem; padding: .25rem .75rem;
  border: 1px solid var(--line); border-radius: .375rem; }
button { background: var(--accent); color: Canvas; border-color: var(--accent); font-weight: 700; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { font-weight: 700; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
@media (max-width: 32rem) { dl { grid-template-columns: 1fr; } }
article { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: 1rem; }
article h3 { margin: 0 0 .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { padding: .5rem 0; text-align: start; }
th, td { border-bottom: 1px solid var(--line); padding: .5rem; text-align: start;
  vertical-align: top; }
td:first-child, td time { white-space: nowrap; }
[role=status] { font-weight: 700; margin: 1.5rem 0; }
"""

_PAGE: Final = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{heading} · {title}</title>
<link rel="stylesheet" href="/public/style.css">
<link rel="alternate" type="application/feed+json" href="/public/feed.json">
<link rel="alternate" type="application/atom+xml" href="/public/feed.atom">
<link rel="alternate" type="application/feed+json" href="/public/removals.json">
<link rel="alternate" type="application/atom+xml" href="/public/removals.atom">
</head>
<body>
<a class="skip" href="#content">{skip}</a>
<header>
<h1>{title}</h1>
<nav aria-label="{title}"><ul>{links}</ul></nav>
</header>
<main id="content" tabindex="-1">
<h2>{heading}</h2>
{content}
</main>
</body>
</html>
"""
_PLACES: Final = (
    ("search", "/public"),
    ("removals", "/public/removals"),
    ("measures", "/public/measures"),
)
_SEARCH: Final = """
<p id="hint">{hint}</p>
<form method="post" action="/public{query}" aria-describedby="hint" autocomplete="off">
<fieldset><legend>{by_name}</legend>
<label>{name}<input name="name" maxlength="128" required></label>
<label>{partial}<input name="partial" maxlength="8" minlength="4" required></label>
<button type="submit">{search}</button></fieldset>
</form>
<form method="post" action="/public{query}" aria-describedby="hint" autocomplete="off">
<fieldset><legend>{by_case}</legend>
<label>{case}<input name="case" maxlength="64" required></label>
<button type="submit">{search}</button></fieldset>
</form>
"""
_FOUND: Final = """
<article aria-labelledby="{id}">
<h3 id="{id}">{name}</h3>
<dl>
<dt>{w_number}</dt><dd>{number}</dd>
{who}
<dt>{w_case}</dt><dd>{case}</dd>
<dt>{w_court}</dt><dd>{court}</dd>
<dt>{w_filed}</dt><dd>{filed}</dd>
<dt>{w_basis}</dt><dd>{basis}</dd>
<dt>{w_basis_unit}</dt><dd>{basis_unit}</dd>
<dt>{w_obligation}</dt><dd>{obligation}</dd>
<dt>{w_conduct}</dt><dd>{conduct}</dd>
<dt>{w_performance}</dt><dd>{performance}</dd>
<dt>{w_published}</dt><dd><time datetime="{at}">{day}</time></dd>
</dl>
</article>
"""
_TABLE: Final = """
<div class="scroll" role="region" aria-label="{heading}" tabindex="0">
<table><caption>{note}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
</div>
"""


def words_of(lang: str | None, accepted: str) -> Mapping[str, str]:
    """Return the words of a page: as the address says, or else as the browser prefers."""
    if lang is not None:
        return EN if lang == "en" else ZH
    return EN if accepted.strip().lower().startswith("en") else ZH


def search_page(
    words: Mapping[str, str], found: Sequence[Published] | None = None, said: str | None = None
) -> Html:
    """Return the page with its two forms, and below them what was *found* or what is *said*."""
    form = fill(_SEARCH, **{**words, "query": _query(words)})
    parts = [form]
    if said is not None:
        parts.append(fill('<p role="status">{said}</p>', said=said))
    elif found is not None and not found:
        parts.append(fill('<p role="status">{none}</p>', none=words["none"]))
    elif found is not None:
        parts.append(fill('<p role="status">{found}</p>', found=words["found"]))
        parts += [_result(words, one) for one in found]
    return _page(words, "search", joined(parts))


def removals_page(words: Mapping[str, str], found: Iterable[Removal]) -> Html:
    rows = [
        fill(
            '<tr><td>{name}</td><td>{id}</td><td><time datetime="{at}">{day}</time></td></tr>',
            name=one.name,
            id=one.entry_id,
            at=one.at.isoformat(),
            day=_day(one.at),
        )
        for one in found
    ]
    heads = (words["name"], words["entry"], words["removed_on"])
    return _table(words, "removals", words["removal_note"], heads, rows)


def measures_page(words: Mapping[str, str], catalogue: Catalogue) -> Html:
    chinese = words is ZH
    rows = [
        fill(
            "<tr><td>{id}</td><td>{clause}</td><td>{title}</td><td>{effect}</td><td>{units}</td>"
            "<td>{status}</td></tr>",
            id=one.id,
            clause=one.clause,
            title=one.zh if chinese else one.en,
            effect=either(EFFECTS[one.effect], words),
            units=("、" if chinese else ", ").join(_units(words, one, catalogue)),
            status=either(STATUS[one.legal_status.value], words),
        )
        for one in catalogue.measures.values()
    ]
    heads = [words[one] for one in ("id", "clause", "measure", "effect", "units", "status")]
    return _table(words, "measures", words["measure_note"], heads, rows)


def _units(words: Mapping[str, str], measure: Measure, catalogue: Catalogue) -> Iterable[str]:
    """Yield who applies *measure*, and of the bodies that the policy names who has their duties."""
    for unit in sorted(measure.departments):
        renamed = department(unit).successor_zh
        now = "" if renamed is None else words["now"].format(name=renamed)
        yield f"{_named(words, unit)}{now}"
    for unit in sorted(measure.formerly):
        if (into := catalogue.successor_of(unit)) is not None:
            merged = words["merged"].format(into=_named(words, into))
            yield f"{_named(words, unit)}{merged}"


def _named(words: Mapping[str, str], unit: str) -> str:
    known = department(unit)
    return known.zh if words is ZH else known.en


def _table(
    words: Mapping[str, str], place: str, note: str, heads: Iterable[str], rows: Iterable[Html]
) -> Html:
    table = fill(
        _TABLE,
        note=note,
        heading=words[place],
        heads=joined(fill('<th scope="col">{head}</th>', head=head) for head in heads),
        rows=joined(rows),
    )
    return _page(words, place, table)


def _result(words: Mapping[str, str], one: Published) -> Html:
    return fill(
        _FOUND,
        id=one.entry_id,
        name=one.name,
        number=one.number,
        case=one.case_number,
        court=one.court,
        filed=one.filed_on,
        basis=one.basis,
        basis_unit=one.basis_unit,
        obligation=one.obligation,
        who=joined(_who(words, one)),
        conduct="；".join(either(CONDUCT[kind], words) for kind in one.conduct),
        performance=either(PERFORMANCE[one.performance], words),
        at=one.published_at.isoformat(),
        day=_day(one.published_at),
        w_number=words["number"],
        w_case=words["case_number"],
        w_court=words["court"],
        w_filed=words["filed"],
        w_basis=words["basis"],
        w_basis_unit=words["basis_unit"],
        w_obligation=words["obligation"],
        w_conduct=words["conduct"],
        w_performance=words["performance"],
        w_published=words["published"],
    )


def _who(words: Mapping[str, str], one: Published) -> Iterable[Html]:
    """Yield what is said of a person, or of who represents an organization (art. 6)."""
    said = {
        words["sex"]: None if one.sex is None else either(SEX[one.sex], words),
        words["age"]: None if one.age is None else str(one.age),
        words["representative"]: "、".join(one.representatives) or None,
    }
    for term, value in said.items():
        if value is not None:
            yield fill("<dt>{term}</dt><dd>{value}</dd>", term=term, value=value)


def _page(words: Mapping[str, str], place: str, content: Html) -> Html:
    other = EN if words is ZH else ZH
    links = [
        fill(
            '<li><a href="{path}{query}"{current}>{word}</a></li>',
            path=path,
            query=_query(words),
            current=Html(' aria-current="page"') if name == place else "",
            word=words[name],
        )
        for name, path in _PLACES
    ]
    path = dict(_PLACES)[place]
    links.append(
        fill(
            '<li><a href="{path}{query}" lang="{lang}">{word}</a></li>',
            path=path,
            query=_query(other),
            lang=other["lang"],
            word=words["other"],
        )
    )
    return fill(
        _PAGE,
        lang=words["lang"],
        title=words["title"],
        heading=words[place],
        skip=words["skip"],
        links=joined(links),
        content=content,
    )


def _query(words: Mapping[str, str]) -> str:
    return "?lang=en" if words is EN else "?lang=zh"


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()
