"""GraphiQL where every token has to be bound to a key: its session is none, and goes on as it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.starting import running_demo
from tests.web.visiting import Visit

WHO = "{ viewer { role } }"
LISTEN = "subscription { breakGlassOpened { id } }"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    place = tmp_path_factory.mktemp("fapi2")
    with running_demo(place, people=500, CHAKONG_ACCESS_PROFILE="fapi2") as ready:
        yield ready


def test_an_officer_signs_in_asks_and_listens(visit: Visit, tmp_path: Path) -> None:
    visit.open()
    visit.sign_in("executor-1")
    visit.signed_in("executor-1")

    visit.run()

    visit.sees("debtors")
    visit.page.screenshot(path=str(tmp_path / "fapi2.png"))


@pytest.mark.parametrize("wire", ["ws", "sse"])
def test_a_supervisor_listens(visit: Visit, wire: str) -> None:
    visit.open(LISTEN)
    visit.sign_in("supervisor-1")
    visit.signed_in("supervisor-1")

    visit.listen(wire)

    assert visit.page.locator("[role=alert]").count() == 0


def test_a_token_that_is_bound_to_no_key_is_not_issued_to_a_page(demo: dict[str, Any]) -> None:
    form = {"grant_type": "client_credentials", "client_id": "graphiql"}

    answer = httpx.post(demo["token_endpoint"], data=form)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
