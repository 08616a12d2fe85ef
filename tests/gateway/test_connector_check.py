"""``chakong connector check``: a live department, a report to sign, and files that are no files."""

import json
from pathlib import Path

import pytest

from tests.gateway.test_connector_new import connector
from tests.sandbox.district import SECRET, serving


def test_a_department_is_examined_and_the_report_names_nobody(tmp_path: Path) -> None:
    with serving(tmp_path / "district", "--departments", "vessels") as district:
        principal = district.population.principal
        name = district.population.names[principal]
        (tmp_path / "numbers").write_text(principal + "\n")
        (tmp_path / "key").write_text(SECRET)
        asset = {"subject": principal, "subject_name": name, "record": "VS-00000001", "limit": 100}
        (tmp_path / "asset").write_text(json.dumps(asset))
        given = (
            *("check", "vessels", "--url", district["vessels"].url, "--json"),
            *("--secret-file", str(tmp_path / "key"), "--subjects", str(tmp_path / "numbers")),
            *("--order", str(tmp_path / "asset"), "--report", str(tmp_path / "report.md")),
        )
        well = connector(*given)
        district["vessels"].fall_ill("overdeliver")
        ill = connector(*given)

    found = {one["promise"]: one["verdict"] for one in json.loads(well.stdout)}
    assert well.returncode == 0, well.stderr
    assert found["lifted"] == found["one-key-one-effect"] == found["projection"] == "KEPT"
    assert ill.returncode == 1
    assert '"verdict": "BROKEN"' in ill.stdout
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    for said in (well.stdout, ill.stdout, report):
        assert principal not in said
        assert name not in said


@pytest.mark.parametrize(
    ("subjects", "says"),
    [
        ("/dev/zero", "is no file"),
        ("", "1 to 200 numbers"),
        ("1234\n", "no identity number"),
        ("\ud800", "UTF-8"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused_in_a_line(
    tmp_path: Path, subjects: str, says: str
) -> None:
    path = tmp_path / "numbers"
    path.write_bytes(subjects.encode("utf-8", "surrogatepass"))
    given = subjects if subjects.startswith("/dev") else str(path)

    done = connector("check", "vessels", "--url", "http://127.0.0.1:1", "--subjects", given)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_of_that_name_is_told_with_the_names_there_are(tmp_path: Path) -> None:
    (tmp_path / "numbers").write_text("990203198804264358\n")
    done = connector("check", "ships", "--url", "http://x", "--subjects", str(tmp_path / "numbers"))

    assert done.returncode == 2
    assert "vessels" in done.stderr


@pytest.mark.parametrize("url", [(), ("--url", "http://127.0.0.1:1")])
def test_a_unit_whose_people_type_has_no_system_to_examine(
    tmp_path: Path, url: tuple[str, ...]
) -> None:
    (tmp_path / "numbers").write_text("990203180001010052\n")

    done = connector("check", "subdistrict_clues", "--subjects", str(tmp_path / "numbers"), *url)

    assert done.returncode == 2
    assert "people type its answers" in done.stderr
    assert "Traceback" not in done.stderr
