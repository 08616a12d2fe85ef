"""Screening in an approval form: ask before approving, hold on a hit, tell the clerk why. Standard library only."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """What a form does: whether the item may go on, what to show to the clerk, which entries hold it."""

    may_go_on: bool
    notes: tuple[str, ...]
    held_by: tuple[str, ...] = ()


class ListNotCurrent(Exception):
    """The court's list could not answer just now: ask again; it does not mean that nobody is listed."""


def screened(
    court: str, token: str, trigger: str, reference: str, people: list[dict[str, str]]
) -> Advice:
    """Return what to do with the business item *reference*; *people* have idNumber and name."""
    question = {"trigger": trigger, "businessReference": reference, "subjects": people}
    request = urllib.request.Request(  # noqa: S310 -- the court's own address
        f"{court}/screen",
        data=json.dumps(question).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
            results = json.load(response)["results"]
    except urllib.error.HTTPError as error:
        if error.code in {429, 503}:
            raise ListNotCurrent from error
        raise
    notes, held_by = [], []
    for person, result in zip(people, results, strict=True):
        if result["verdict"] == "HIT":  # who is listed more than once waits for each listing
            hits = (result, *result.get("others", ()))
            held_by += [one["entryId"] for one in hits if one["action"] == "hold"]
            measures = "、".join(result["measures"])
            notes.append(
                f"{person['name']}：命中失信名单（{measures}），处理编号 {result['hitId']}"
            )
        elif result["verdict"] == "UNDECIDED":
            notes.append(f"{person['name']}：需核实（{result['code']}）")
    return Advice(not held_by, tuple(notes), tuple(held_by))


if __name__ == "__main__":
    import sys

    court, token, trigger, reference, number, name = sys.argv[1:7]
    advice = screened(court, token, trigger, reference, [{"idNumber": number, "name": name}])
    print("可以继续" if advice.may_go_on else "已拦截，待人工处理")
    print(*advice.notes, sep="\n")
