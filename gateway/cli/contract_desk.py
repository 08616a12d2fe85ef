"""What ``chakong connector check`` does: reads what it is given, examines, writes the report."""

import asyncio
import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.contract import Examination
from connectors.contract_orders import OrderTrial
from connectors.contract_trial import questions_of
from connectors.departments import CONNECTORS
from connectors.http import Trust
from connectors.manual_department import ManualDepartment
from connectors.question import Authority
from domain import catalogue
from domain.civil_time import SHANGHAI
from domain.identity import IdNumber, parse_id_number
from gateway.settings import load_settings

_MOST: Final = 200
_LARGEST: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for, as it was typed; *authority*: case, officer, organisation."""

    stem: str
    subjects: Path
    url: str
    secret_file: Path | None
    client_id: str
    ca_file: Path | None
    order: Path | None
    authority: tuple[str, str, str]
    deadline: float


def connectors() -> list[dict[str, Any]]:
    """Return every connector of this installation."""
    return [
        {
            "stem": one.stem,
            "department": one.department,
            "questions": ", ".join(question.name for question in questions_of(one)),
            "carries": ", ".join(sorted(one.carries)),
        }
        for one in CONNECTORS
    ]


def examine(config: Path | None, wanted: Wanted) -> list[dict[str, Any]]:
    """Return what was found, promise by promise.

    Raises:
        LookupError: there is no such connector, no address for it, or no system: people type its answers.
        ValueError, OSError: a file cannot be read, or does not fit.
    """
    connector = _connector(wanted.stem)
    if issubclass(connector, ManualDepartment):
        raise LookupError(  # noqa: TRY004 -- what was asked for is not there
            f"{wanted.stem} has no system to examine: people type its answers through the gateway "
            "(docs/departments/kit.md, By hand)"
        )
    case, officer, organisation = wanted.authority
    examination = Examination(
        connector=connector,
        address=_address(config, connector, wanted),
        authority=Authority(
            case_number=case,
            officer=officer,
            organisation=organisation,
            purpose="PROPERTY_INQUIRY",
            request_id="contract-suite",
        ),
        subjects=_subjects(wanted.subjects),
        order=None if wanted.order is None else _trial(wanted.order),
    )
    return [asdict(one) for one in asyncio.run(examination.findings())]


def signed_report(stem: str, found: list[dict[str, Any]]) -> str:
    """Return the report that department and court sign, in Markdown."""
    connector = _connector(stem)
    department = catalogue.department(connector.department)
    rows = "\n".join(
        f"| {one['question'] or '–'} | {one['promise']} | {one['verdict']} | {one['seen']} |"
        for one in found
    )
    broken = sum(one["verdict"] == "BROKEN" for one in found)
    return (
        f"# Contract report 契约检查报告: {stem}\n\n"
        f"Department 部门: {department.zh} ({department.en}, `{department.id}`)  \n"
        f"Date 日期: {datetime.now(SHANGHAI):%Y-%m-%d %H:%M} Asia/Shanghai  \n"
        f"Gateway 网关: Chakong {version('chakong')}  \n"
        f"Table 字段表: SHA-256 `{_table_hash(connector)}`  \n"
        f"Result 结论: {'all promises tried were kept 均符合' if not broken else f'{broken} broken 不符合'}\n\n"
        f"| question 问题 | promise 约定 | verdict 结果 | seen 观察 |\n|---|---|---|---|\n{rows}\n\n"
        "Department 部门（签字盖章）: ____________________    "
        "Court 法院（签字盖章）: ____________________\n"
    )


def _table_hash(connector: type[Connector]) -> str:
    """Return the hash of what is asked: the questions and their fields."""
    table = {one.name: sorted(one.attributes) for one in questions_of(connector)}
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def _connector(stem: str) -> type[Connector]:
    for one in CONNECTORS:
        if one.stem == stem:
            return one
    raise LookupError(f"no connector {stem}; there are: {', '.join(c.stem for c in CONNECTORS)}")


def _address(config: Path | None, connector: type[Connector], wanted: Wanted) -> DepartmentAddress:
    if wanted.url:
        secret = "" if wanted.secret_file is None else _text_of(wanted.secret_file).strip()
        return DepartmentAddress(
            id=connector.department,
            stem=connector.stem,
            url=wanted.url,
            secret=secret,
            client_id=wanted.client_id,
            deadline_seconds=wanted.deadline,
            trust=Trust(ca=wanted.ca_file),
        )
    known = load_settings(config).departments.get(connector.stem)
    if known is None:
        raise LookupError(f"say --url: the configuration has no department {connector.stem}")
    return DepartmentAddress(
        id=connector.department,
        stem=connector.stem,
        url=known.url,
        secret=known.secret.get_secret_value(),
        client_id=known.client_id,
        deadline_seconds=wanted.deadline,
        trust=Trust(ca=known.ca_file, identity=known.client_certificate_file),
    )


def _subjects(path: Path) -> list[IdNumber]:
    text = sys.stdin.read(_LARGEST) if str(path) == "-" else _text_of(path)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > _MOST:
        raise ValueError(f"give 1 to {_MOST} numbers, one a line")
    try:
        return [parse_id_number(line) for line in dict.fromkeys(lines)]
    except ValueError:
        raise ValueError("a line is no identity number or credit code") from None


def _text_of(path: Path) -> str:
    """Return what is in *path*, a file of a few lines. ValueError if it is anything else."""
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise ValueError(f"{path.name} is no file, or has more than {_LARGEST} bytes")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not UTF-8 text") from None


def _trial(path: Path) -> OrderTrial:
    try:
        return msgspec.json.decode(_text_of(path), type=OrderTrial)
    except msgspec.DecodeError:  # its message may quote the file
        raise ValueError(
            f"{path.name} is not an asset: subject, subject_name, record, limit"
        ) from None
