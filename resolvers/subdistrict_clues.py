"""`Debtor.residenceClues`."""

from connectors.subdistrict_clues import SubdistrictCluesConnector
from resolvers.debtor import DebtorPart
from resolvers.declare import RecordGroup, asked_of, scopes_of, shows
from resolvers.scalars import DateTime, Mobile

_CLUE = RecordGroup(
    catalogue_groups=("residence",),
    scopes=scopes_of("residence:read"),
    raw=frozenset({"identity:read:raw"}),
)


@_CLUE.type
class ResidenceClue:
    """Where somebody lives or is reached, as a subdistrict typed it in. 居住线索"""

    current_address: str | None = shows("Where the debtor lives")
    delivery_address: str | None = shows("Where documents can be served")
    phone_numbers: list[Mobile] | None = shows("Telephone numbers")
    as_of: DateTime | None = shows("When it was typed in", zh="填报时间")


class SubdistrictCluesPart(DebtorPart):
    residence_clues: list[ResidenceClue] | None = asked_of(
        SubdistrictCluesConnector.clues_of,
        "residence:read",
        group="residence",
        description="What the subdistrict knows of where the debtor is; pending until its people have "
        "typed the answer. 居住线索（街道填报）",
    )
