"""The wire log: what a department was asked, written by the department itself."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.dates import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Under which case, by whom, for what."""

    case: str
    officer: str
    organisation: str
    purpose: str


class WireLog:
    """One JSON object a line, flushed line by line."""

    def __init__(self, path: Path, department: str) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._department = department
        self._lock = threading.Lock()

    def write(
        self,
        kind: str,
        question: str,
        *,
        subjects: Sequence[str] = (),
        fields: Sequence[str] = (),
        authority: Authority | None = None,
        key: str | None = None,
        answer_bytes: int = 0,
        status: str = "ANSWERED",
        **more: object,
    ) -> None:
        """Write one question, control or status look-up; *more* as this department has it."""
        line: Mapping[str, object] = {
            "time": now().isoformat(),
            "department": self._department,
            "kind": kind,
            "question": question,
            "subjects": list(subjects),
            "fields": list(fields),
            "authority": None
            if authority is None
            else {
                "case": authority.case,
                "officer": authority.officer,
                "organisation": authority.organisation,
                "purpose": authority.purpose,
            },
            "idempotencyKey": key,
            "answerBytes": answer_bytes,
            "status": status,
            **more,
        }
        with self._lock:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
