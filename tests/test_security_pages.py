"""The pages on security: every requirement is there, and every test they name exists."""

import re
from pathlib import Path

import pytest

PAGES = [Path("docs/security/asvs.md"), Path("docs/security/threat-model.md")]
# OWASP ASVS 5.0.0: how many requirements each section has, and which of them are of level 3.
SECTIONS = {
    "6.1": 3,
    "6.2": 12,
    "6.3": 8,
    "6.4": 6,
    "6.5": 8,
    "6.6": 4,
    "6.7": 2,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 3,
    "7.6": 2,
    "8.1": 4,
    "8.2": 4,
    "8.3": 3,
    "8.4": 2,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 3,
    "10.3": 5,
    "10.4": 16,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 4,
}
LEVEL_3 = {
    *("6.3.5", "6.3.6", "6.3.7", "6.3.8", "6.4.5", "6.4.6", "6.5.6", "6.5.7", "6.5.8", "6.6.4"),
    *("6.7.1", "6.7.2", "7.5.3", "16.5.4"),
}  # of V6, V7 and V16; V8 to V10 are answered at level 3


def test_every_requirement_of_the_standard_is_answered_once() -> None:
    rows = re.findall(
        r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| (met|partly|not met|none) \|",
        PAGES[0].read_text("utf-8"),
        re.MULTILINE,
    )

    wanted = {f"{section}.{n}" for section, most in SECTIONS.items() for n in range(1, most + 1)}
    assert sorted(number for number, _ in rows) == sorted(wanted - LEVEL_3)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_test_that_is_named_exists(page: Path) -> None:
    there = {
        name
        for file in Path("tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }

    named = set(re.findall(r"`(test_\w+)`", page.read_text("utf-8")))
    assert named
    assert named - there == set()
