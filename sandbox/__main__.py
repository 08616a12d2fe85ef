"""``python -m sandbox``: serve the departments, or write the court's case register."""

import argparse
import json
from pathlib import Path

from sandbox.cases import case_register
from sandbox.population import populate
from sandbox.serve import serve
from sandbox.systems import SYSTEMS


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="run departments, each a process of its own")
    writing = commands.add_parser("cases", help="write the court's case register as JSON")
    for command in (serving, writing):
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--people", type=int, default=2000)
    serving.add_argument("--data", type=Path, required=True, help="ledgers and wire logs")
    serving.add_argument("--latency-ms", type=int, default=0)
    serving.add_argument("--departments", default=",".join(SYSTEMS), help="by stem")
    serving.add_argument("--ports-file", type=Path, required=True)
    serving.add_argument("--exchange-url", default="", help="default: a SQLite file in --data")
    serving.add_argument("--secret", default="sandbox-secret")
    serving.add_argument("--until-eof", action="store_true", help="end with standard input")
    writing.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    population = populate(given.seed, given.people)
    if given.command == "cases":
        register = case_register(population, given.seed)
        given.out.write_text(json.dumps(register, ensure_ascii=False, indent=1), encoding="utf-8")
    else:
        serve(population, given)


main()
