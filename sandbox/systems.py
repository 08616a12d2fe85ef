"""Every system of the sandbox, found by its module: whoever has a ``SYSTEM`` is one."""

import pkgutil
from importlib import import_module
from typing import Final

import sandbox
from sandbox.system import System

_FIRST: Final = ("identity", "vehicles", "housing_fund", "securities", "related_persons")


def _systems() -> dict[str, System]:
    """Return the systems by stem, the oldest first."""
    found: dict[str, System] = {}
    for module in pkgutil.iter_modules(sandbox.__path__):
        if module.name not in {"__main__", "serve", "systems"}:
            one = getattr(import_module(f"sandbox.{module.name}"), "SYSTEM", None)
            if isinstance(one, System):
                found[one.stem] = one
    order = [*_FIRST, *sorted(found.keys() - set(_FIRST))]
    return {stem: found[stem] for stem in order}


SYSTEMS: Final = _systems()
