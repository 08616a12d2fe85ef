"""A deployment's own departments: a folder beside ours, and kept as the program is (docs/departments/kit.md)."""

import os
from pathlib import Path
from typing import Final

_OTHERS_MAY_WRITE: Final = 0o022


class OwnDepartmentsOpen(PermissionError):
    """Somebody else may write into the folder, and so run code as the gateway."""


def own_departments(layer: str) -> list[str]:
    """Return where a deployment keeps its own *layer*; nowhere without ``CHAKONG_OWN_DEPARTMENTS``.

    Raises:
        OwnDepartmentsOpen: the folder, or something in it, is another user's or writable by others.
    """
    named = os.environ.get("CHAKONG_OWN_DEPARTMENTS")
    if not named:
        return []
    folder = Path(named)
    for path in (folder, *sorted(folder.rglob("*"))):
        if os.name == "posix" and path.exists() and _open_to_others(path):
            raise OwnDepartmentsOpen(
                f"{path} can be changed by others, who would run code as the gateway: chown it to the "
                "gateway's user or root, and chmod -R go-w"
            )
    return [str(folder / layer)]


def _open_to_others(path: Path) -> bool:
    about = path.stat()
    return bool(about.st_mode & _OTHERS_MAY_WRITE) or about.st_uid not in {0, os.geteuid()}
