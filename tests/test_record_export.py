"""What an auditor takes out: signed so that stock tools check it, safe in a spreadsheet, and an entry itself."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.record_export import cell
from tests.databases import kept
from tests.running import ASSETS, ask
from tests.test_record import proof_of

pytestmark = pytest.mark.each_engine
PAPER = "（2026）示9903审1号"


def taken(demo: dict[str, Any], role: str = "auditor", **asked: Any) -> httpx.Response:
    return httpx.post(
        f"{demo['issuer']}/record/export",
        headers={"authorization": f"Bearer {demo['tokens'][role]}"},
        json={"format": "csv", "document": PAPER, **asked},
        timeout=60,
        trust_env=False,
    )


def unpacked(answer: httpx.Response, place: Path) -> Path:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(place)
    return place


def looked(demo: dict[str, Any], n: int = 0) -> dict[str, Any]:
    """Return the receipt of a look that an export can find."""
    number = demo["cases"][n]["number"]
    receipt = ask(demo, "court-executor", ASSETS, n=number).json()["extensions"]["receipt"]
    proof_of(demo, receipt["entry"])  # signed, and by then indexed
    time.sleep(1.2)
    return dict(receipt)


def last_export(demo: dict[str, Any]) -> dict[str, Any]:
    [[leaf]] = kept(
        demo, "SELECT leaf FROM record_entries WHERE kind = 'EXPORT' ORDER BY n DESC LIMIT 1"
    )
    return dict(json.loads(leaf))


@pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("sha256sum")), reason="no stock tools here"
)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_sha256sum_and_openssl_are_the_whole_check(
    demo: dict[str, Any], tmp_path: Path, form: str
) -> None:
    looked(demo)
    place = unpacked(taken(demo, format=form), tmp_path / "out")
    key = tmp_path / "key.pem"
    key.write_text(httpx.get(f"{demo['issuer']}/record/key.pem", trust_env=False).text)
    sums = ["sha256sum", "-c", "SHA256SUMS"]
    signature = ["-rawin", "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig"]
    openssl = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), *signature]

    checked = [
        subprocess.run(one, cwd=place, check=False, capture_output=True).returncode
        for one in (sums, openssl)
    ]

    assert checked == [0, 0]
    rows = place / f"record.{form}"
    rows.write_bytes(rows.read_bytes().replace(b"ANSWERED", b"REFUSED_", 1))
    assert subprocess.run(sums, cwd=place, check=False, capture_output=True).returncode != 0
    (place / "SHA256SUMS").write_text(f"{hashlib.sha256(rows.read_bytes()).hexdigest()}  x\n")
    assert subprocess.run(openssl, cwd=place, check=False, capture_output=True).returncode != 0


def test_a_line_holds_its_leaf_and_an_export_its_checkpoint(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    receipt = looked(demo)

    place = unpacked(
        taken(demo, format="jsonl", where={"caseNumber": demo["cases"][0]["number"]}), tmp_path
    )

    lines = [json.loads(line) for line in (place / "record.jsonl").read_text().splitlines()]
    mine = next(one for one in lines if one["number"] == receipt["entry"])
    leaf = mine["leaf"].encode()
    assert hashlib.sha256(b"\x00" + leaf).hexdigest() == mine["leafHash"] == receipt["leafHash"]
    assert mine["who"] == "executor-1"
    assert mine["caseNumbers"] == [demo["cases"][0]["number"]]
    assert mine["fieldGroups"]
    assert all(person.startswith("p_") for person in mine["subjects"])
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest["entries"] == len(lines)
    assert manifest["checkpoint"].startswith(manifest["origin"])
    text = (place / "record.jsonl").read_text()
    assert all(number not in text for number in demo["cases"][0]["debtors"])


def test_a_spreadsheet_opens_it_in_chinese_and_runs_nothing(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    evil = '=HYPERLINK("http://example.invalid","点我")'
    query = """query ($n: CaseNumber!, $r: String) {
      case(number: $n, purpose: SUPERVISION, document: "+1", reason: $r) { number } }"""
    ask(demo, "court-supervisor", query, n=demo["cases"][7]["number"], r=evil)
    looked(demo)

    place = unpacked(taken(demo, where={"who": "supervisor-1"}), tmp_path)

    raw = (place / "record.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    [mine] = [row for row in rows if demo["cases"][7]["number"] in row["caseNumbers"]]
    assert mine["reasons"] == f"'{evil}"
    assert mine["documents"] == "'+1"
    assert not any(value.startswith(tuple("=+-@")) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        (["=a", "b"], "'=a; b"),
        (None, ""),
        (True, "true"),
        (0, "0"),
    ],
)
def test_a_cell_is_never_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_an_export_is_an_entry_with_its_paper(demo: dict[str, Any]) -> None:
    answer = taken(demo, where={"kind": "LOGIN"})

    leaf = last_export(demo)
    assert leaf["n"] == int(answer.headers["chakong-entry"])
    assert (leaf["kind"], leaf["role"], leaf["purpose"]) == ("EXPORT", "auditor", "AUDIT")
    assert leaf["what"]["export"] == "csv"
    assert len(leaf["documents"]) == 1
    assert PAPER not in json.dumps(leaf, ensure_ascii=False)


def test_who_looks_for_one_person_twice_owes_a_reason_here_too(demo: dict[str, Any]) -> None:
    where = {"subject": demo["cases"][8]["debtors"][0]}
    before = taken(demo, where=where)

    again = taken(demo, where=where)
    explained = taken(demo, where=where, reason="补充核对投诉事项")

    assert [one.status_code for one in (before, again, explained)] == [200, 403, 200]
    assert again.json()["errors"][0]["extensions"]["code"] == "REASON_REQUIRED"
    assert where["subject"] not in str(
        zipfile.ZipFile(io.BytesIO(explained.content)).read("manifest.json")
    )


@pytest.mark.parametrize(
    ("role", "asked", "status"),
    [
        ("court-executor", {}, 403),
        ("court-supervisor", {}, 403),
        ("dept:traffic-police", {}, 403),
        ("auditor", {"document": " "}, 400),
        ("auditor", {"document": None}, 400),
        ("auditor", {"format": "xlsx"}, 400),
        ("auditor", {"where": {"subject": "990203199003070012"}}, 400),
        ("auditor", {"where": {"caseNumber": "1"}}, 400),
        ("auditor", {"where": {"since": "2026-11-23T00:00:00"}}, 400),
        ("auditor", {"where": {"since": "0001-01-01T00:00:00+14:00"}}, 400),
        ("auditor", {"where": {"until": "9999-12-31T23:59:59-14:00"}}, 400),
        ("auditor", {"where": {"nothing": 1}}, 400),
        ("auditor", {"reason": "短"}, 400),
    ],
)
def test_nothing_is_taken_out_by_others_or_without_a_paper(
    demo: dict[str, Any], role: str, asked: dict[str, Any], status: int
) -> None:
    taken(demo, where={"kind": "OUTAGE"})
    before = last_export(demo)["n"]

    answer = taken(demo, role, **asked)

    assert answer.status_code == status, answer.text
    assert "990203199003070012" not in answer.text
    assert last_export(demo)["n"] == before


def test_a_refusal_beside_the_graph_is_an_entry(demo: dict[str, Any]) -> None:
    taken(demo, "court-executor")

    [[leaf]] = kept(
        demo, "SELECT leaf FROM record_entries WHERE decision = 'REFUSED' ORDER BY n DESC LIMIT 1"
    )
    said = json.loads(leaf)
    assert (said["role"], said["codes"]) == ("court-executor", ["FORBIDDEN"])
    assert said["what"] == {"route": "/record/export"}


def test_the_command_writes_the_same_and_says_so_in_the_record(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    config = tmp_path / "chakong.toml"
    config.write_text(f'data_dir = "{demo["data"]}"\ndatabase_url = "{demo["database"]}"\n')
    asked = json.dumps({"format": "jsonl", "document": PAPER, "where": {"kind": "LOGIN"}})
    command = [sys.executable, "-c", "from gateway.cli import app; app()", "audit"]
    options = ["--config", str(config)]

    done = subprocess.run(
        [*command, "entries", str(tmp_path / "out"), "--where", "-", "--json", *options],
        input=asked.encode(),
        check=True,
        capture_output=True,
    )
    pem = subprocess.run([*command, "key", "--pem", *options], check=True, capture_output=True)

    told = json.loads(done.stdout)
    rows = (tmp_path / "out" / "record.jsonl").read_bytes()
    assert told["sha256"] == hashlib.sha256(rows).hexdigest()
    served = httpx.get(f"{demo['issuer']}/record/key.pem", trust_env=False).content
    assert pem.stdout == served
    assert (last_export(demo)["role"], last_export(demo)["decision"]) == ("operator", "TAKEN")
