"""Every fault comes on request and goes on request, in every department."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.faults import STRANGER
from tests.sandbox.district import NOBODY, STEMS, District
from tests.sandbox.exchange import Exchange
from tests.sandbox.test_departments import FIELDS
from tests.sandbox.wires import ASK, AUTHORITY, Entry, Refused

every_department = pytest.mark.parametrize("stem", STEMS)
by_http = pytest.mark.parametrize("stem", [stem for stem in STEMS if stem != "housing_fund"])


def ask(district: District, stem: str) -> Mapping[str, Entry]:
    """Ask about the principal debtor and nobody."""
    asked = [district.population.principal, NOBODY]
    return {entry.subject: entry for entry in ASK[stem](district[stem], asked, FIELDS[stem])}


@pytest.fixture
def well(district: District, stem: str) -> Mapping[str, Entry]:
    """What the department answers in good health."""
    return ask(district, stem)


@every_department
def test_garbage_cannot_be_read(district: District, stem: str, well: Mapping[str, Entry]) -> None:
    district[stem].fall_ill("garbage")

    with pytest.raises(ValueError):  # noqa: PT011 -- whatever the parser says
        ask(district, stem)

    district[stem].recover()
    assert ask(district, stem) == well


@by_http
def test_an_unavailable_department_answers_503(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    district[stem].fall_ill("unavailable")

    with pytest.raises(Refused, match="503"):
        ask(district, stem)

    district[stem].recover()
    assert ask(district, stem) == well


def test_an_unavailable_centre_claims_nothing_until_it_is_well(district: District) -> None:
    fund = district["housing_fund"]
    fund.fall_ill("unavailable")
    with Exchange(fund.url) as exchange:
        time.sleep(0.05)  # it looks every 20 ms
        question = exchange.ask([NOBODY], [], AUTHORITY)
        ill = exchange.settled(question, within=0.1)
        fund.recover()

        assert (ill, exchange.settled(question)) == ("NEW", "DONE")
        exchange.take(question)


@every_department
def test_a_department_that_hangs_answers_once_it_is_well(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    district[stem].fall_ill("hang")

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(ask, district, stem)
        time.sleep(0.1)
        silent = not waiting.done()
        district[stem].recover()

        assert silent
        assert waiting.result(timeout=3) == well


@pytest.mark.parametrize("stem", ["identity", "housing_fund"])
def test_a_slow_department_is_slow_only_as_long_as_the_fault_lasts(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    def seconds() -> float:
        began = time.monotonic()
        assert ask(district, stem) == well
        return time.monotonic() - began

    district[stem].fall_ill("slow", latencyMs=200)
    ill = seconds()
    district[stem].recover()

    assert ill >= 0.2 > seconds()


@every_department
def test_half_an_answer_leaves_subjects_out(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    district[stem].fall_ill("half")

    half = ask(district, stem)

    principal = district.population.principal
    assert half == {principal: well[principal]}
    district[stem].recover()
    assert ask(district, stem) == well


@every_department
def test_a_stranger_comes_besides_those_asked_about(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    district[stem].fall_ill("stranger")

    crowd = ask(district, stem)

    assert set(crowd) - set(well) == {STRANGER}
    district[stem].recover()
    assert ask(district, stem) == well


@every_department
def test_more_fields_come_than_were_asked(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    district[stem].fall_ill("overdeliver")

    entry = ask(district, stem)[district.population.principal]

    assert all(set(record) > set(FIELDS[stem]) for record in entry.records)
    assert district[stem].lines()[-1]["fields"] == FIELDS[stem]
    district[stem].recover()
    assert ask(district, stem) == well


@every_department
def test_a_wrong_type_spoils_one_subject_alone(
    district: District, stem: str, well: Mapping[str, Entry]
) -> None:
    principal = district.population.principal

    district[stem].fall_ill("wrong_type")
    first = ask(district, stem)
    district[stem].fall_ill("wrong_type", subjects=[NOBODY])
    named = ask(district, stem)

    assert (first[principal] != well[principal], first[NOBODY]) == (True, well[NOBODY])
    assert (named[NOBODY] != well[NOBODY], named[principal]) == (True, well[principal])
    district[stem].recover()
    assert ask(district, stem) == well


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param(b'{"mode": "earthquake"}', id="no such fault"),
        pytest.param(b'{"mode": ["hang"]}', id="not a word"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b'{"mode"', id="not JSON"),
        pytest.param(b'{"mode": "slow", "latencyMs": "long"}', id="not a number"),
    ],
)
def test_a_wish_that_means_nothing_changes_nothing(district: District, wish: bytes) -> None:
    served = district["identity"]
    served.fall_ill("half")

    answer = served.http.post(f"{served.base}/_sandbox/faults", content=wish)

    assert (answer.status_code, answer.json()) == (400, {"error": "BAD_REQUEST"})
    assert len(ask(district, "identity")) == 1
