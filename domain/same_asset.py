"""
When two registers speak of one asset: by the number that the thing itself carries, never by looks.

Each register's entry stays what it is, with its own holds and its own instant; whoever adds up values or
plans controls counts entries with one key once.

Source:
    docs/decisions/0053-bad-answers.md
"""

from collections.abc import Callable, Mapping
from typing import Final

Key = tuple[str, ...]

NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "vehicle": ("vin",),
    "realEstate": ("real_estate_unit_number",),
    "landUseRight": ("parcel_code",),
    "vessel": ("registration_number",),
    "bankDeposit": ("institution_code", "account_number"),
    "insuranceCashValue": ("insurer_name", "policy_number"),
}
"""By kind, as assets.json names it: what identifies the thing whoever registers it."""


def asset_key(kind: str, value_of: Callable[[str], object]) -> Key | None:
    """Return what two entries of one asset have in common; None if nothing tells.

    Args:
        value_of: an attribute's value in an entry; whatever is no text counts as missing.
    """
    names = NUMBERS.get(kind)
    if names is None:
        return None
    said = [value_of(name) for name in names]
    texts = [one.strip().upper() for one in said if isinstance(one, str)]
    if len(texts) != len(names) or not all(texts):
        return None
    return (kind, *texts)
