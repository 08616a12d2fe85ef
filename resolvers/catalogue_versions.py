"""The catalogue as the packaged data and the approved changes make it, version by version."""

import threading

from sqlalchemy import Connection

from domain.catalogue import departments
from domain.catalogue_change import amended
from domain.measure import Catalogue, catalogue
from storage.catalogue_changes import approved_changes


class CatalogueVersions:
    """Every version there is; the newest is what screening goes by."""

    def __init__(self, base: Catalogue | None = None) -> None:
        self._base = catalogue() if base is None else base
        self._versions = [self._base]
        self._taking_over = threading.Lock()

    @property
    def newest(self) -> Catalogue:
        return self._versions[-1]

    def version(self, name: str) -> Catalogue | None:
        """Return the catalogue that decisions of *name* were made by; None if there was none."""
        return next((one for one in self._versions if one.version == name), None)

    def follow(self, connection: Connection) -> bool:
        """Take over what was approved since; whether there was anything.

        Several may follow at once, each on a thread or a task of its own: what one of them has taken
        over, the others leave. Nothing is read while the lock is held.
        """
        news = approved_changes(connection, behind=len(self._versions) - 1)
        known = frozenset(departments())
        with self._taking_over:
            for one in news:
                if one.version == len(self._versions):
                    name = self.name(one.version)
                    self._versions.append(amended(self.newest, one.change, name, known))
        return bool(news)

    def name(self, version: int) -> str:
        """Return what the catalogue after so many approved changes is called."""
        return f"{self._base.version}.{version}"
