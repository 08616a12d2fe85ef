"""The tables: court-owned records only. No department's asset data is ever stored."""

from storage.tables import access, cases, listing, orders, record
from storage.tables.columns import METADATA

__all__ = ["METADATA", "access", "cases", "listing", "orders", "record"]
