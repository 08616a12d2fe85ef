"""``chakong cases import``: a register taken over at a terminal, all of it or nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sandbox.cases import case_register
from sandbox.population import populate


def import_(place: Path, register: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    file = place / "register.json"
    file.write_text(json.dumps(register))
    return subprocess.run(
        [
            *(sys.executable, "-c", "from gateway.cli import app; app()", "cases", "import"),
            *(str(file), "--json"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CHAKONG_DATA_DIR": str(place), "COLUMNS": "200"},
    )


def test_a_register_is_taken_over_and_taken_over_again(tmp_path: Path) -> None:
    register = case_register(populate(1, 60), 1)

    done = [import_(tmp_path, register) for _ in range(2)]

    assert [one.returncode for one in done] == [0, 0]
    assert json.loads(done[1].stdout) == {"officers": 9, "cases": len(register["cases"])}


def test_a_register_with_a_wrong_number_is_refused_without_repeating_it(tmp_path: Path) -> None:
    register = case_register(populate(1, 60), 1)
    register["cases"][0]["obligors"][0]["idNumber"] = "990203199003070014"

    done = import_(tmp_path, register)

    assert done.returncode == 2
    assert done.stderr.startswith("chakong:")
    assert "990203199003070014" not in done.stderr
