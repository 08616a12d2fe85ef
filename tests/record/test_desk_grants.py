"""What the command line changes about who may see what is in the record, in the same transaction."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auth.record_keys import RecordKeys
from gateway.cli import case_desk, people_desk
from sandbox.cases import case_register
from sandbox.population import populate
from storage.record import body_of
from tests.databases import kept
from tests.domain.people import WOMAN


@pytest.fixture
def config(record_url: str, tmp_path: Path) -> Path:
    file = tmp_path / "chakong.toml"
    file.write_text(f'data_dir = "{tmp_path}"\ndatabase_url = "{record_url}"\n')
    return file


def grants(place: Path, url: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    keys = RecordKeys.load_or_create(place, "chakong")
    rows = kept(
        {"database": url},
        "SELECT leaf, sealed FROM record_entries JOIN record_people USING (n) "
        "WHERE kind = 'GRANT' ORDER BY n",
    )
    return [
        (json.loads(leaf), msgspec.json.decode(keys.open(sealed, body_of(leaf))))
        for leaf, sealed in rows
    ]


def test_an_account_that_is_bound_is_an_entry(
    config: Path, record_url: str, tmp_path: Path
) -> None:
    people_desk.bind(config, "lawyer-7", WOMAN, "counter-2")

    [(leaf, personal)] = grants(tmp_path, record_url)
    assert (leaf["decision"], leaf["role"]) == ("BOUND", "operator")
    assert personal["subjects"] == [WOMAN]
    assert personal["accounts"] == ["lawyer-7", "counter-2"]
    assert personal["who"].startswith("os:")
    assert not [one for one in (WOMAN, "lawyer-7", "counter-2") if one in str(leaf)]


def test_a_register_that_moves_cases_to_others_says_which(
    config: Path, record_url: str, tmp_path: Path
) -> None:
    register = case_register(populate(1, 60), 1)
    file = tmp_path / "register.json"
    file.write_text(json.dumps(register))
    case_desk.take_over(config, file)
    case_desk.take_over(config, file)
    moved = register["cases"][1]
    moved["officers"] = moved["officers"][:1]
    file.write_text(json.dumps(register))

    case_desk.take_over(config, file)

    first, second, third = grants(tmp_path, record_url)
    assert len(first[1]["cases"]) == len(register["cases"])
    assert second[1]["cases"] == []
    assert third[1]["cases"] == [moved["number"]]
    assert third[0]["decision"] == "ASSIGNED"
    assert moved["number"] not in str(third[0])
