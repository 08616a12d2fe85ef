"""The pictures of ``docs/orders.md``, drawn from the tables of `domain.order` and `domain.hold`."""

from collections.abc import Iterable
from typing import Final

from domain.hold import TRANSITIONS as HOLD_TRANSITIONS
from domain.order import TERMINAL, TRANSITIONS, OrderState

BEGIN: Final = "<!-- drawn from {table}: chakong orders diagrams -->"
END: Final = "<!-- until here -->"
_ORDERS: Final = "domain/order.py"
_HOLDS: Final = "domain/hold.py"


def order_diagram() -> str:
    """Return the states of an order as a Mermaid diagram."""
    edges = [
        (None if one.before is None else one.before.value, one.after.value, one.event.value)
        for one in TRANSITIONS
    ]
    ends = sorted(state.value for state in TERMINAL - {OrderState.REJECTED})
    return _diagram(edges, ends)


def hold_diagram() -> str:
    """Return the states of a hold as a Mermaid diagram."""
    edges = [
        (None if one.before is None else one.before.value, one.after.value, one.event.value)
        for one in HOLD_TRANSITIONS
    ]
    begins = {before for before, _, _ in edges}
    return _diagram(edges, sorted({after for _, after, _ in edges} - begins))


def redrawn(page: str) -> str:
    """Return *page* with its diagrams as the tables have them now.

    Raises:
        ValueError: the page has no place for one of them.
    """
    for table, picture in ((_ORDERS, order_diagram()), (_HOLDS, hold_diagram())):
        begin = BEGIN.format(table=table)
        head, found, rest = page.partition(begin)
        _, ended, tail = rest.partition(END)
        if not found or not ended:
            raise ValueError(f"no place for the picture of {table}")
        page = f"{head}{begin}\n```mermaid\n{picture}```\n{END}{tail}"
    return page


def _diagram(edges: Iterable[tuple[str | None, str, str]], ends: Iterable[str]) -> str:
    """Return a state diagram; several events between the same states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for before, after, event in edges:
        names = arrows.setdefault((before or "[*]", after), [])
        if event not in names:
            names.append(event)
    lines = [
        f"  {before} --> {after}: {', '.join(names)}" for (before, after), names in arrows.items()
    ]
    lines += [f"  {state} --> [*]" for state in ends]
    return "stateDiagram-v2\n" + "\n".join(lines) + "\n"
