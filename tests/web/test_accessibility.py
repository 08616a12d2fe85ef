"""The public pages by axe-core (WCAG 2.2, A and AA) and by keyboard alone, in Chinese and English, light and dark."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.installation import installed
from tests.web.listing import listed, removed
from tests.web.visiting import Visit

PACKAGE: Final = Path(__file__).parent / "npm"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN: Final = """
tags => axe.run(document, {runOnly: tags}).then(found => ({
  passes: found.passes.length,
  violations: found.violations.map(one => [one.id, one.nodes.map(node => node.html)]),
  unsure: found.incomplete.map(one => [one.id, one.nodes.map(node => node.html)]),
}))
"""
FOCUSED: Final = """
() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    what: one.name || one.textContent.trim(),
    tag: one.tagName.toLowerCase(),
    ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight,
    small: box.height < 24 && !(one.closest('li') && getComputedStyle(one).display === 'inline'),
  };
}
"""
PAGES: Final = ["search", "found", "nobody", "refused", "removals", "measures"]


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node is not installed")
    place = tmp_path_factory.mktemp("axe")
    shutil.copytree(PACKAGE, place, dirs_exist_ok=True)
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--silent"], cwd=place, check=True, capture_output=True
    )
    return (place / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A demo of our own: other tests know who is on no list."""
    place = tmp_path_factory.mktemp("accessible")
    with installed(place) as installation:
        yield {**installation.start(), "state": str(place / "state")}


@pytest.fixture(scope="module")
def people(demo: dict[str, Any]) -> dict[str, str]:
    """Somebody on the list; somebody else was removed from it."""
    removed(demo, listed(demo, demo["cases"][1]["number"])["entry"])
    return listed(demo, demo["cases"][0]["number"])


@pytest.fixture
def public(visit: Visit, people: dict[str, str]) -> "Public":
    return Public(visit, people)


class Public:
    def __init__(self, visit: Visit, people: dict[str, str]) -> None:
        self.visit = visit
        self.page = visit.page
        self._people = people

    def open(self, page: str, lang: str) -> None:
        place = {"removals": "/removals", "measures": "/measures"}.get(page, "")
        self.page.goto(f"{self.visit.base}/public{place}?lang={lang}")
        if page in {"found", "nobody", "refused"}:
            self.page.fill("[name=name]", self._people["name"] if page == "found" else "某")
            ending = self._people["idNumber"][-4:] if page == "found" else "0000"
            if page == "nobody":
                self.page.fill("[name=name]", "查无此人")
            self.page.fill("[name=partial]", ending)
            self.visit.foreseen |= {400} if page == "refused" else set()
            self.page.locator("form").first.locator("button").click()
            self.page.wait_for_selector("[role=status]")


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_on_a_public_page(public: Public, axe: str, page: str, lang: str) -> None:
    public.open(page, lang)
    assert (public.page.locator("article").count() > 0) == (page == "found")

    public.page.evaluate(axe)  # by the debugger: the page's own policy stays in force
    for scheme in ("light", "dark"):
        public.page.emulate_media(color_scheme=scheme)
        found = public.page.evaluate(RUN, TAGS)

        assert (scheme, found["violations"], found["unsure"]) == (scheme, [], [])
        assert found["passes"] > 15


@pytest.mark.needs("chromium")
def test_axe_would_find_what_is_wrong(public: Public, axe: str) -> None:
    public.open("search", "zh")
    public.page.evaluate(
        "document.querySelector('label').replaceWith(...document.querySelectorAll('label')[0].children)"
    )
    public.page.evaluate("document.documentElement.removeAttribute('lang')")

    public.page.evaluate(axe)
    found = public.page.evaluate(RUN, TAGS)

    assert {"label", "html-has-lang"} <= {one[0] for one in found["violations"]}


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_search_is_done_by_keyboard_alone_and_one_sees_where_one_is(
    public: Public, people: dict[str, str], lang: str
) -> None:
    public.open("search", lang)
    walked = []
    for _ in range(11):
        public.page.keyboard.press("Tab")
        walked.append(public.page.evaluate(FOCUSED))

    names = {"zh": ("跳到正文", "English", "查询"), "en": ("Skip to content", "中文", "Search")}
    skip, other, submit = names[lang]
    order = [one["what"] for one in walked]
    assert order[0] == skip
    assert order[4:] == [other, "name", "partial", submit, "case", submit, order[10]]
    for one in walked[:10]:
        assert one["ring"] >= 2, one
        assert one["seen"], one
        assert not one["small"], one

    public.page.focus("[name=name]")
    public.page.keyboard.type(people["name"])
    public.page.keyboard.press("Tab")
    public.page.keyboard.type(people["idNumber"][-4:])
    public.page.keyboard.press("Tab")
    public.page.keyboard.press("Enter")
    public.page.wait_for_selector("article")


@pytest.mark.needs("chromium")
def test_the_skip_link_and_the_language_work_by_keyboard(public: Public) -> None:
    public.open("measures", "zh")
    public.page.keyboard.press("Tab")
    public.page.keyboard.press("Enter")
    assert public.page.evaluate("document.activeElement.id") == "content"

    public.page.get_by_role("link", name="English").focus()
    public.page.keyboard.press("Enter")
    public.page.wait_for_selector("html[lang=en]")


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("page", ["search", "found", "measures"])
def test_nothing_is_cut_off_on_a_small_screen(public: Public, page: str) -> None:
    """1.4.10, Reflow: 320 CSS pixels without scrolling sideways, tables excepted."""
    public.page.set_viewport_size({"width": 320, "height": 640})
    public.open(page, "en")

    assert public.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_lock_file_names_no_registry_and_no_package_runs_scripts() -> None:
    lock = (PACKAGE / "package-lock.json").read_text("utf-8")

    assert '"resolved"' not in lock
    assert "registry" not in lock
    assert "ignore-scripts=true" in (PACKAGE / ".npmrc").read_text("utf-8").splitlines()


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("page", ["sign-in", "step-up", "password", "activate"])
def test_axe_finds_nothing_on_the_pages_that_sign_in(visit: Visit, axe: str, page: str) -> None:
    if page in {"step-up", "password"}:
        visit.open()
        visit.sign_in("executor-1")
        visit.signed_in("executor-1")
    visit.page.goto(f"{visit.base}/session/{page}")
    assert visit.page.locator("input[type=password], input[name=code]").count() > 0

    visit.page.evaluate(axe)  # by the debugger: the page's own policy stays in force
    found = visit.page.evaluate(RUN, TAGS)

    assert (found["violations"], found["unsure"]) == ([], [])
