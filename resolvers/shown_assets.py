"""What a caller is shown of an asset, and of what one department said of one kind."""

from collections.abc import Sequence
from typing import Any, cast

from connectors.question import Answer
from domain import catalogue
from domain.found_asset import (
    ExemptionHint,
    FoundAsset,
    controllable_fen,
    exemption_hint,
    permitted_controls,
)
from domain.money import Fen
from domain.order import OrderAction
from resolvers.asset_sources import AssetSource, sound
from resolvers.asset_words import COMPLETE, AssetKind, AssetSourceStatus
from resolvers.context import Context
from resolvers.remarks import remark
from resolvers.subject import Subject


class ShownAsset:
    """A department's record as `Debtor.assets` shows it to the caller."""

    def __init__(
        self, record: Any, source: AssetSource, subject: Subject, context: Context
    ) -> None:
        self.record = record
        self.source = source
        self.subject = subject
        self._context = context
        self.kind = AssetKind(source.kind)
        self.holder = source.department

    @property
    def found(self) -> FoundAsset:
        """What the caller may know of it; an amount that is masked is not known."""
        scopes = self._context.caller.scopes
        return self.source.reading.found(
            self.record, sees=lambda attribute: self.source.lifted(attribute, scopes)
        )

    @property
    def id(self) -> str | None:
        return cast("str | None", sound(self.record.source_record_id))

    @property
    def label(self) -> str:
        shown = (self._shown(one) for one in self.source.reading.label)
        words = " ".join(str(one) for one in shown if one is not None)
        return words or catalogue.asset_kind(self.source.kind).zh

    @property
    def value(self) -> Any:
        attribute = self.source.reading.value
        return None if attribute is None else self._shown(attribute)

    @property
    def value_band(self) -> str | None:
        attribute = self.source.reading.value
        return None if attribute is None else self.source.band(attribute, self.record)

    @property
    def controllable_amount(self) -> Fen | None:
        """Null to a masked reader: a band of what is left would narrow the bands it is made of."""
        if any(self._hidden(one) for one in self.source.reading.amounts):
            return None
        return controllable_fen(self.found, self._context.cover_policy)

    @property
    def permitted_controls(self) -> Sequence[OrderAction]:
        found = self.found
        if found.expected or found.over:
            return ()
        return permitted_controls(found.kind, exempt=found.exempt)

    @property
    def exemption(self) -> ExemptionHint | None:
        return exemption_hint(self.found, natural_person=not self.subject.organization)

    @property
    def pledged(self) -> bool | None:
        return self.found.pledged

    @property
    def prior_holds(self) -> Any:
        return sound(getattr(self.record, "holds", None))

    @property
    def encumbrances(self) -> Any:
        return sound(getattr(self.record, "encumbrances", None))

    @property
    def as_of(self) -> Any:
        return sound(getattr(self.record, "as_of", None))

    def _shown(self, attribute: str) -> Any:
        return self.source.shown(attribute, self.record, self.subject, self._context)

    def _hidden(self, attribute: str) -> bool:
        value = getattr(self.record, attribute)
        if value is None or self.source.lifted(attribute, self._context.caller.scopes):
            return False
        self._context.masked.add(self.source.fields[attribute][0])
        return True


class ShownSource:
    """One entry of `Debtor.assets`."""

    def __init__(  # noqa: PLR0913, PLR0917 -- an entry has these parts
        self,
        kind: str,
        department: str | None,
        status: str,
        answer: Answer[Any] | None = None,
        assets: list[ShownAsset] | None = None,
        source: AssetSource | None = None,
    ) -> None:
        self.kind = AssetKind(kind)
        self.department = department
        self.status = AssetSourceStatus(status)
        self.code = None if answer is None or answer.error is None else answer.error.code
        self.as_of = None if answer is None else answer.as_of
        self.assets = assets
        self._answer = answer
        self._source = source

    @property
    def remarked(self) -> bool:
        """Whether there is anything to be said of it besides."""
        return self._answer is not None and self._answer.remarks is not None

    def remark(self, path: Sequence[str | int], context: Context) -> None:
        """Note what has to be said of the entry, which stands at *path*."""
        if self._answer is not None and self._source is not None:
            source = self._source
            remark(self._answer, source.question, path, context, source.coordinate_of)

    @property
    def complete(self) -> bool:
        return self.status in COMPLETE
