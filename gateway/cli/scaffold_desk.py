"""What ``chakong connector new`` does: reads the fields, writes the files, overwrites nothing."""

from dataclasses import dataclass
from pathlib import Path

from domain.purpose import Purpose
from gateway.scaffold.asset_kind import SHARED, NewAsset, NotADepartment
from gateway.scaffold.department import NewDepartment
from gateway.scaffold.fields import (
    NoFields,
    Read,
    fields_of_list,
    fields_of_openapi,
    fields_of_sdl,
)
from gateway.scaffold.texts import files_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What was asked for, as it was typed."""

    stem: str
    department: str
    basis: str
    protocol: str
    term: str
    scope: str
    purposes: tuple[str, ...]
    fields: tuple[str, ...]
    openapi: Path | None
    sdl: Path | None
    of: str
    kind: str


def begin(wanted: Begun, into: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Write the files of a new department; return their paths, and what had no column.

    Raises:
        NoFields, NotADepartment: what was asked for does not fit.
        FileExistsError: a file is there already; then none was written.
    """
    read = _read(wanted)
    fields = tuple(one for one in read.fields if not wanted.kind or one.attribute not in SHARED)
    try:
        purposes = tuple(Purpose(one) for one in wanted.purposes)
    except ValueError:
        known = ", ".join(one.value for one in Purpose)
        raise NotADepartment(f"a purpose is one of {known}") from None
    made = NewDepartment(
        stem=wanted.stem,
        protocol=wanted.protocol,
        department=wanted.department,
        zh=wanted.term,
        scope=wanted.scope,
        purposes=purposes,
        basis=wanted.basis,
        fields=fields,
        asset=NewAsset.of(wanted.kind, fields) if wanted.kind else None,
    )
    files = {into / path: text for path, text in files_of(made).items()}
    for path in files:
        if path.exists():
            raise FileExistsError(f"{path} is there already; nothing was written")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return list(files), read.left


def _read(wanted: Begun) -> Read:
    given = [wanted.openapi, wanted.sdl, *([wanted.fields] if wanted.fields else [])]
    if sum(bool(one) for one in given) != 1:
        raise NoFields("say the fields once: with --field, --openapi or --sdl")
    if wanted.openapi is not None:
        return fields_of_openapi(wanted.openapi, wanted.of)
    if wanted.sdl is not None:
        return fields_of_sdl(wanted.sdl, wanted.of)
    return fields_of_list(list(wanted.fields))
