"""The words that every plain register of assets has for owners and burdens."""

from collections.abc import Sequence
from typing import Any

from sandbox.earlier_holds import Encumbrance
from sandbox.money import yuan
from sandbox.population import Population


def owner_words(
    population: Population,
    owner: str,
    name: str = "ownerName",
    id_type: str = "ownerIdType",
    id_number: str = "ownerIdNumber",
) -> dict[str, Any]:
    """Return who owns a record: 111 is a resident's card, USCC an organisation's code."""
    organisation = owner in population.organisations
    return {
        name: population.names[owner],
        id_type: "USCC" if organisation else "111",
        id_number: owner,
    }


def burden_words(burdens: Sequence[Encumbrance]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "amount": yuan(one.amount),
            "beneficiary": one.beneficiary,
            "registeredOn": one.registered_on.isoformat(),
        }
        for one in burdens
    ]


def adults_and_firms(population: Population) -> list[str]:
    """Return who can own something, the principal first."""
    owners = [*population.adults, *population.organisations]
    owners.remove(population.principal)
    return [population.principal, *owners]
