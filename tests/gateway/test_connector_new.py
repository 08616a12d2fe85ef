"""A new department from the kit, as its user adds one: two files, and nothing is edited elsewhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.demo_tokens import ENTITLEMENTS, ask_with, demo_token
from tests.running import ask
from tests.starting import running_demo

ROOT = Path(__file__).parents[2]
CLI = (sys.executable, "-c", "from gateway.cli import app; app()", "connector")
BOATS = (
    *("boats", "--department", "agriculture", "--term", "渔船"),
    *("--basis", "财产调查规定 (2020) art. 12; PIPL 13(3), 34"),
    *("--field", "boatName:text:Name of the boat"),
    *("--field", "builtOn:date:Day it was built", "--field", "worth:money:Registered worth"),
    *("--field", "crew:integer:Berths", "--field", "length:decimal:Length in metres"),
    # Words that Python has, or a record's own file.
    *(
        "--field",
        "from:date:In use from",
        "--field",
        "list:text:List",
        "--field",
        "ports:texts:Ports",
    ),
)


def connector(*given: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, *given],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
        check=False,
    )


@pytest.mark.parametrize("protocol", ["rest", "sql", "graphql"])
def test_a_new_department_is_two_short_files_and_answers(tmp_path: Path, protocol: str) -> None:
    own = tmp_path / "own"
    made = connector("new", *BOATS, "--protocol", protocol, "--into", str(own))
    assert made.returncode == 0, made.stderr

    lines = {
        layer: len((own / layer / "boats.py").read_text().splitlines())
        for layer in ("connectors", "resolvers")
    }
    assert lines["connectors"] <= 60
    assert sum(lines.values()) <= 120

    with running_demo(tmp_path / "demo", people=500, CHAKONG_OWN_DEPARTMENTS=str(own)) as demo:
        query = """query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
          debtors { boats { boatName worth { fen } builtOn from_ list_ asOf } } } }"""
        answer = ask(demo, "court-executor", query, n=demo["cases"][0]["number"])
        refused = ask(demo, "court-supervisor", query, n=demo["cases"][0]["number"])
        boats = next(one for one in demo["departments"] if one["id"] == "agriculture")
        asked = [json.loads(line) for line in Path(boats["wireLog"]).read_text().splitlines()]

    assert answer.status_code == 200, answer.text
    shown = answer.json()["data"]["case"]["debtors"][0]["boats"][0]
    assert shown["boatName"].startswith("示例")
    assert int(shown["worth"]["fen"]) == 100
    assert shown["builtOn"] == shown["from_"] == "2026-11-01"
    assert shown["list_"].startswith("示例")
    assert shown["asOf"]
    assert refused.status_code == 403
    # Only what was selected was asked, and the refused one asked nothing.
    assert [sorted(one["fields"]) for one in asked] == [
        ["boatName", "builtOn", "from", "list", "worth"]
    ]


BAND = "<1万"
TRACTORS = (
    *("tractors", "--department", "agriculture", "--kind", "vehicle", "--term", "拖拉机"),
    *("--field", "brandModel:text:Make and model", "--field", "serialNumber:text:Its number"),
    *("--field", "referenceValue:money:What it is worth", "--field", "ownerName:text:Of whom"),
    *("--field", "firstRegisteredOn:date:Day of registration"),
)
ASSETS = """query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {
  tractors { brandModel serialNumber ownerName ownerIdNumber referenceValue { fen }
    sourceRecordId holds { rank } }
  assets { kind department status assets { id kind holder label value { fen } valueBand
    controllableAmount { fen } permittedControls priorHolds { rank } } } } } }"""


@pytest.mark.parametrize("protocol", ["rest", "sql", "graphql"])
def test_a_new_register_of_assets_is_two_short_files_and_stands_among_all_assets(
    tmp_path: Path, protocol: str
) -> None:
    own = tmp_path / "own"
    made = connector("new", *TRACTORS, "--protocol", protocol, "--into", str(own))
    assert made.returncode == 0, made.stderr
    lines = [
        len((own / layer / "tractors.py").read_text().splitlines())
        for layer in ("connectors", "resolvers")
    ]

    with running_demo(tmp_path / "demo", people=500, CHAKONG_OWN_DEPARTMENTS=str(own)) as demo:
        number = demo["cases"][0]["number"]
        answer = ask(demo, "court-executor", ASSETS, n=number)
        tractors = next(one for one in demo["departments"] if one["id"] == "agriculture")
        asked = [json.loads(line) for line in Path(tractors["wireLog"]).read_text().splitlines()]
        held = frozenset(ENTITLEMENTS.of("court-executor")) - {"assets:read:raw"}
        token = demo_token(demo, "executor-1", "court-executor", scopes=held)
        masked = ask_with(demo, token, ASSETS, n=number).json()["data"]["case"]["debtors"][0]
        refused = ask(demo, "auditor", ASSETS, n=number)
        later = [json.loads(line) for line in Path(tractors["wireLog"]).read_text().splitlines()]

    assert sum(lines) <= 120
    assert lines[0] <= 60
    assert answer.status_code == 200, answer.text
    debtor = answer.json()["data"]["case"]["debtors"][0]
    [record] = debtor["tractors"]
    assert record["sourceRecordId"] == "X-00000001"
    assert record["holds"] == []
    [entry] = [one for one in debtor["assets"] if one["department"] == "agriculture"]
    assert (entry["kind"], entry["status"]) == ("VEHICLE", "ANSWERED")
    assert entry["assets"] == [
        {
            "id": record["sourceRecordId"],
            "kind": "VEHICLE",
            "holder": "agriculture",
            "label": record["brandModel"],
            "value": {"fen": "100"},
            "valueBand": BAND,
            "controllableAmount": {"fen": "100"},
            "permittedControls": ["SEAL", "SEIZE"],
            "priorHolds": [],
        }
    ]
    assert [one["department"] for one in debtor["assets"] if one["kind"] == "VEHICLE"] == [
        *("agriculture", "traffic-police"),
    ]
    assert len(asked) == 1, "both views are one question"
    [hidden] = [one for one in masked["assets"] if one["department"] == "agriculture"]
    assert masked["tractors"][0]["ownerIdNumber"] != record["ownerIdNumber"]
    assert masked["tractors"][0]["referenceValue"] is None
    assert [(one["value"], one["valueBand"]) for one in hidden["assets"]] == [(None, BAND)]
    assert refused.status_code == 403
    assert len(later) == 2, "who is refused asks nobody"


def test_what_a_kind_lays_down_is_not_for_a_department_to_choose(tmp_path: Path) -> None:
    for more, says in (
        (("--basis", "a law"), "is laid down with it"),
        (("--purpose", "CONTROL"), "is laid down with it"),
        (("--scope", "registry:read"), "is laid down with it"),
        (("--kind", "castle"), "assets.json has no castle"),
    ):
        made = connector("new", *TRACTORS, *more, "--into", str(tmp_path / "own"))
        assert (made.returncode, says in " ".join(made.stderr.split())) == (2, True), made.stderr
    textless = ("tractors", "--department", "agriculture", "--kind", "vehicle")
    made = connector("new", *textless, "--field", "worth:money", "--into", str(tmp_path / "own"))

    assert made.returncode == 2
    assert "a text that says what it is" in " ".join(made.stderr.split())
    assert not (tmp_path / "own").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    first = connector("new", *BOATS, "--into", str(tmp_path))
    kept = (tmp_path / "connectors/boats.py").read_text()
    again = connector("new", *BOATS, "--into", str(tmp_path))

    assert (first.returncode, again.returncode) == (0, 2)
    assert "already" in again.stderr
    assert (tmp_path / "connectors/boats.py").read_text() == kept


def _openapi(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_an_openapi_document_gives_the_fields_and_says_what_it_could_not(tmp_path: Path) -> None:
    properties = {
        "boatName": {"type": "string", "description": 'Name "of"\nthe boat'},
        "builtOn": {"type": "string", "format": "date"},
        "worth": {"type": "number"},
        "holds": {"type": "array", "items": {"type": "object"}},
    }
    document = {"components": {"schemas": {"Boat": {"properties": properties}}}}
    made = connector(
        *("new", "boats", "--department", "agriculture", "--basis", "a law"),
        *("--openapi", str(_openapi(tmp_path / "api.json", document)), "--of", "Boat"),
        *("--into", str(tmp_path)),
    )

    assert made.returncode == 0, made.stderr
    text = (tmp_path / "connectors/boats.py").read_text()
    assert 'Column("boat_name", "boatName"),' in text
    assert 'Column("built_on", "builtOn", date),' in text
    assert "worth" not in text
    assert "worth: number" in made.stderr
    compile((tmp_path / "resolvers/boats.py").read_text(), "boats", "exec")


def test_an_sdl_gives_the_fields(tmp_path: Path) -> None:
    sdl = tmp_path / "schema.graphql"
    sdl.write_text(
        'type Query { a: Int } type Boat { "The name" name: String! berths: Int hull: Hull }'
        " type Hull { a: Int }"
    )
    made = connector(
        *("new", "boats", "--department", "agriculture", "--basis", "a law"),
        *("--sdl", str(sdl), "--of", "Boat", "--into", str(tmp_path)),
    )

    assert made.returncode == 0, made.stderr
    assert 'Column("berths", "berths", int),' in (tmp_path / "connectors/boats.py").read_text()
    assert "hull: Hull" in made.stderr


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("Boats",), "a stem is"),
        (("../boats",), "a stem is"),
        (("boats", "--department", "nobody"), "departments.json has no"),
        (("boats", "--scope", "boats:read"), "scopes.json has no"),
        (("boats", "--purpose", "CURIOSITY"), "a purpose is one of"),
        (("boats", "--basis", " "), "the law it rests on"),
        (("boats", "--basis", "a law\nimport os"), "plain words"),
        (("boats", "--field", "a:float"), "no kind of field"),
        (("boats", "--field", "a", "--field", "a"), "there twice"),
        (("boats", "--field", 'a"+x'), "no name of a field"),
        (("vehicle",), "the law here knows already"),
        (("boats", "--openapi", "/dev/zero"), "say the fields once"),
    ],
)
def test_what_is_no_department_is_refused_and_nothing_written(
    tmp_path: Path, more: tuple[str, ...], says: str
) -> None:
    usual = {"--department": "agriculture", "--basis": "a law", "--field": "a"}
    given = [one for name, value in usual.items() if name not in more for one in (name, value)]
    if "--openapi" in more:
        given += ["--field", "a"]
    made = connector("new", *more, *given, "--into", str(tmp_path / "own"))

    assert made.returncode == 2
    assert says in made.stderr.replace("\n", " ")
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("opened", ["", "connectors", "resolvers/boats.py", "connectors/boats.py"])
def test_a_folder_that_others_may_change_is_not_run(tmp_path: Path, opened: str) -> None:
    """Its files are code of the gateway: who may write there would be the gateway."""
    own = tmp_path / "own"
    assert connector("new", *BOATS, "--into", str(own)).returncode == 0
    marked = own / "connectors" / "boats.py"
    marked.write_text(f"{marked.read_text()}\nprint('RUN')\n", encoding="utf-8")
    kept = connector("list", "--json", CHAKONG_OWN_DEPARTMENTS=str(own))
    (own / opened).chmod((own / opened).stat().st_mode | 0o020)

    refused = connector("list", "--json", CHAKONG_OWN_DEPARTMENTS=str(own))

    assert (kept.returncode, "RUN" in kept.stdout) == (0, True)
    assert refused.returncode != 0
    assert "RUN" not in refused.stdout
    assert "chmod -R go-w" in refused.stderr
