"""
Does a department's adapter do what joining needs? This program plays the court, calls the adapter, and looks at what it does.

    python3 conformance.py --adapter http://127.0.0.1:8791 --token-file TOKEN --secret-file WHSEC [--json]

Standard library only (a table by rich where that is installed): copy this directory. README.md says what your
adapter has to show. All people in it are made up. Exit status 0 if everything holds.
"""

import argparse
import hashlib
import json
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stand_in import Court, opened, post

OLD = 600  # seconds; Standard Webhooks tolerates 300
_GOOD, _REFUSED = range(200, 300), range(400, 500)


class Differs(Exception):
    """The adapter did something else; in words for its makers."""


@dataclass
class Bench:
    """The court, the adapter, and how long the latter may take (seconds)."""

    court: Court
    adapter: str
    webhook: str
    wait: float
    run: str

    def refuses(self, what: str, status: int) -> None:
        if status not in _REFUSED:
            raise Differs(f"{what}: answered {status or 'nothing'}, wanted 4xx")

    def takes(self, what: str, status: int) -> None:
        if status not in _GOOD:
            raise Differs(f"{what}: answered {status or 'nothing'}, wanted 2xx")

    def entry(self, name: str) -> str:
        return f"e_{self.run}_{name}"

    def listed(self, name: str, turn: int) -> int:
        return self.court.tell("LISTED", self.entry(name), number(turn), f"示例{turn}")

    def has(self, *names: str, without: tuple[str, ...] = ()) -> None:
        """Wait until the adapter has these entries, each once, and not the others."""
        wanted = {self.entry(name) for name in names}
        unwanted = {self.entry(name) for name in without}

        def right() -> bool:
            entries = get(f"{self.adapter}/list")["entries"]
            once = all(entries.count(one) == 1 for one in wanted)
            return once and not unwanted & set(entries)

        self.until(right, f"GET /list shows {', '.join(names) or 'nothing'} once each")

    def until(self, right: Callable[[], bool], what: str) -> None:
        over = time.monotonic() + self.wait
        while not right():
            if time.monotonic() > over:
                raise Differs(f"not so after {self.wait:g} s: {what}")
            time.sleep(0.02)

    def state(self, name: str) -> str:
        return str(get(f"{self.adapter}/business/{self.run}-{name}")["state"])

    def form(self, name: str, *turns: int) -> str:
        """Bring an item about made-up people to the adapter; return its state, or REFUSED."""
        people = [{"idNumber": number(turn), "name": f"示例{turn}"} for turn in turns]
        item = {"reference": f"{self.run}-{name}", "people": people}
        body = json.dumps(item).encode()
        status = post(f"{self.adapter}/business", {"content-type": "application/json"}, body)
        return self.state(name) if status in _GOOD else "REFUSED"

    def becomes(self, name: str, *turns: int, wanted: str) -> None:
        state = self.form(name, *turns)
        if state != wanted:
            raise Differs(f"the item is {state}, wanted {wanted}")


def takes_a_good_signature(bench: Bench) -> None:
    status, _ = bench.court.call(bench.webhook, bench.listed("good", 1))
    bench.takes("a good message", status)
    bench.has("good")


def takes_one_good_signature_of_several(bench: Bench) -> None:
    other = "v1," + "A" * 43 + "= "
    status, _ = bench.court.call(bench.webhook, bench.listed("several", 2), before=other)
    bench.takes("a message with two signatures, one of them right", status)
    bench.has("several")


def refuses_forgeries(bench: Bench) -> None:
    sequence = bench.listed("forged", 3)
    call = bench.court.call
    key = "whsec_" + "A" * 32
    bench.refuses("signed with another key", call(bench.webhook, sequence, secret=key)[0])
    bench.refuses("altered after signing", call(bench.webhook, sequence, altered=True)[0])
    bench.refuses("without signature", call(bench.webhook, sequence, signature="")[0])
    bench.refuses("signature cut off", call(bench.webhook, sequence, signature="v1,")[0])


def refuses_old_messages(bench: Bench) -> None:
    sequence = bench.court.last
    bench.refuses("ten minutes old", bench.court.call(bench.webhook, sequence, age=OLD)[0])
    bench.refuses("from the future", bench.court.call(bench.webhook, sequence, age=-OLD)[0])


def does_nothing_for_a_copy(bench: Bench) -> None:
    status, message = bench.court.call(bench.webhook, bench.listed("copied", 4))
    bench.takes("a good message", status)
    bench.has("copied")
    again = post(bench.webhook, *message)
    if again not in _REFUSED:
        bench.takes("a copy of it", again)
    bench.has("copied")


def takes_a_change_twice_without_doubling(bench: Bench) -> None:
    sequence = bench.listed("twice", 5)
    bench.takes("the first time", bench.court.call(bench.webhook, sequence)[0])
    bench.has("twice")
    time.sleep(1.1)  # the court signs each attempt anew, and time counts in seconds
    bench.takes("the second time", bench.court.call(bench.webhook, sequence)[0])
    bench.has("twice")


def catches_up_after_missed_calls(bench: Bench) -> None:
    names = [f"missed{turn}" for turn in range(7)]
    before = len(bench.court.read)
    for turn, name in enumerate(names, start=10):
        sequence = bench.listed(name, turn)
    bench.court.tell("REMOVED", bench.entry(names[2]))
    bench.takes("a call after seven that never came", bench.court.call(bench.webhook, sequence)[0])
    bench.has(*(name for name in names if name != names[2]), without=(names[2],))
    last = bench.court.last
    bench.until(
        lambda: last in bench.court.read[before:],
        "it asks behind the last change: that is its receipt",
    )


def holds_on_a_hit_that_holds(bench: Bench) -> None:
    _hit(bench, "held", 20, "hold")
    bench.becomes("held", 20, wanted="HELD")
    bench.becomes("together", 40, 20, wanted="HELD")


def goes_on_with_a_flag(bench: Bench) -> None:
    _hit(bench, "flagged", 21, "flag")
    bench.becomes("flagged", 21, wanted="GOES_ON")


def goes_on_when_undecided(bench: Bench) -> None:
    undecided = {"verdict": "UNDECIDED", "code": "NAME_ID_MISMATCH"}
    bench.court.verdicts[number(22)] = undecided
    bench.becomes("undecided", 22, wanted="GOES_ON")


def goes_on_without_a_hit(bench: Bench) -> None:
    bench.becomes("free", 23, wanted="GOES_ON")


def does_not_take_silence_for_no_hit(bench: Bench) -> None:
    for name, failure in (("unavailable", 503), ("too-often", 429), ("cut-off", 0)):
        bench.court.failure = failure
        try:
            state = bench.form(name, 24)
        finally:
            bench.court.failure = None
        if state == "GOES_ON":
            raise Differs(f"court answers {failure or 'nothing'}: the item went on")


def asks_again_after_silence(bench: Bench) -> None:
    _hit(bench, "later", 25, "hold")
    bench.court.failure = 503
    try:
        first = bench.form("later", 25)
    finally:
        bench.court.failure = None
    if first == "GOES_ON":
        raise Differs("the item went on")
    bench.becomes("later", 25, wanted="HELD")


def releases_when_the_entry_is_removed(bench: Bench) -> None:
    _hit(bench, "removed", 26, "hold")
    _hit(bench, "staying", 27, "hold")
    bench.becomes("removed", 26, wanted="HELD")
    bench.becomes("staying", 27, wanted="HELD")
    sequence = bench.court.tell("REMOVED", bench.entry("removed"))
    bench.takes("the removal", bench.court.call(bench.webhook, sequence)[0])
    bench.has("staying", without=("removed",))
    bench.until(lambda: bench.state("removed") == "GOES_ON", "the item goes on")
    if bench.state("staying") != "HELD":
        raise Differs("an item that another entry holds went on, too")


def waits_for_every_listing(bench: Bench) -> None:
    _hit(bench, "twice", 28, "hold")
    bench.court.call(bench.webhook, bench.listed("twice again", 28))
    first = bench.court.verdicts[number(28)]
    further = {**first, "entryId": bench.entry("twice again"), "hitId": "h_twice_again"}
    first["others"] = [further]
    bench.becomes("twice", 28, wanted="HELD")
    for name, wanted in (("twice", "HELD"), ("twice again", "GOES_ON")):
        sequence = bench.court.tell("REMOVED", bench.entry(name))
        bench.takes("the removal", bench.court.call(bench.webhook, sequence)[0])
        bench.has(without=(name,))
        bench.until(lambda wanted=wanted: bench.state("twice") == wanted, f"it is {wanted}")


def presents_its_token(bench: Bench) -> None:
    if bench.court.refused or not bench.court.screened or not bench.court.read:
        raise Differs(f"{bench.court.refused} requests without the token in --token-file")


CHECKS: list[Callable[[Bench], None]] = [
    takes_a_good_signature,
    takes_one_good_signature_of_several,
    refuses_forgeries,
    refuses_old_messages,
    does_nothing_for_a_copy,
    takes_a_change_twice_without_doubling,
    catches_up_after_missed_calls,
    holds_on_a_hit_that_holds,
    goes_on_with_a_flag,
    goes_on_when_undecided,
    goes_on_without_a_hit,
    does_not_take_silence_for_no_hit,
    asks_again_after_silence,
    releases_when_the_entry_is_removed,
    waits_for_every_listing,
    presents_its_token,
]


def _hit(bench: Bench, name: str, turn: int, action: str) -> None:
    """List somebody, call the adapter, and let the court answer a hit."""
    bench.court.verdicts[number(turn)] = {
        "verdict": "HIT",
        "action": action,
        "measures": ["M-6-1a"],
        "entryId": bench.entry(name),
        "hitId": f"h_{name}",
    }
    bench.court.call(bench.webhook, bench.listed(name, turn))


def number(turn: int) -> str:
    """Return the identity number of a made-up person, in a region that does not exist."""
    body = f"99020319900101{turn:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def get(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=15) as response:  # noqa: S310 -- as given
            return json.load(response)
    except (OSError, ValueError) as error:
        raise Differs(f"GET {urlsplit(url).path}: {error}") from error


def report(bench: Bench) -> dict[str, Any]:
    """Return what held and what did not."""
    rows = []
    for check in CHECKS:
        try:
            check(bench)
        except (Differs, KeyError, TypeError, AttributeError) as differs:
            said = str(differs) if isinstance(differs, Differs) else f"unreadable: {differs!r}"
            rows.append({"check": check.__name__, "holds": False, "said": said})
        else:
            rows.append({"check": check.__name__, "holds": True, "said": ""})
    here = Path(__file__).parent
    program = b"".join((here / name).read_bytes() for name in ("conformance.py", "stand_in.py"))
    return {
        "adapter": bench.adapter,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "program": hashlib.sha256(program).hexdigest(),
        "holds": all(row["holds"] for row in rows),
        "checks": rows,
    }


def show(found: dict[str, Any]) -> None:
    """Print the report for people, with room for a signature."""
    rows = [
        ("✓" if row["holds"] else "✗", row["check"].replace("_", " "), row["said"])
        for row in found["checks"]
    ]
    try:
        from rich.console import Console  # noqa: PLC0415 -- not everybody has it
        from rich.table import Table  # noqa: PLC0415
    except ImportError:
        for mark, check, said in rows:
            print(f"{mark} {check}{': ' if said else ''}{said}")
    else:
        table = Table("", "the adapter 适配器", "instead 实际", title="Conformance 符合性测试")
        for row in rows:
            table.add_row(*row)
        Console().print(table)
    print(f"adapter {found['adapter']}  {found['at']}\nprogram sha256 {found['program']}")
    print("PASSED 通过" if found["holds"] else "FAILED 未通过")
    print("\nDepartment 单位 ____________  Name 姓名 ____________  Signature 签字 ____________")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    options.add_argument("--adapter", required=True, help="base address of your adapter")
    options.add_argument("--webhook", help="its endpoint, if it is not ADAPTER/webhook")
    options.add_argument(
        "--gateway",
        default="http://127.0.0.1:8790",
        help="where this program plays the court: configure your adapter with it",
    )
    options.add_argument(
        "--token-file", type=Path, required=True, help="the token your adapter presents"
    )
    options.add_argument(
        "--secret-file", type=Path, required=True, help="whsec_… your endpoint believes"
    )
    options.add_argument("--wait", type=float, default=10.0, help="seconds for what takes a while")
    options.add_argument("--json", action="store_true", help="print JSON for programs")
    given = options.parse_args()
    court = Court(given.token_file.read_text().strip(), given.secret_file.read_text().strip())
    gateway = urlsplit(given.gateway)
    adapter = given.adapter.rstrip("/")
    court.begins_at = int(get(f"{adapter}/list")["cursor"] or 0)
    server = opened(court, gateway.hostname or "127.0.0.1", gateway.port or 80)
    webhook = given.webhook or f"{adapter}/webhook"
    try:
        found = report(Bench(court, adapter, webhook, given.wait, secrets.token_hex(4)))
    finally:
        server.shutdown()
    if given.json or not sys.stdout.isatty():
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        show(found)
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Differs, OSError) as error:
        sys.exit(f"conformance: {error}")
