"""The six tables two sides share; made by whichever side comes first."""

from typing import Final

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text
from sqlalchemy.schema import CreateTable

_METADATA: Final = MetaData()


def _text(name: str, *, key: bool = False, null: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=null)


QUERY_REQUEST: Final = Table(
    "query_request",
    _METADATA,
    _text("id", key=True),
    _text("created_at"),
    _text("case_number"),
    _text("officer"),
    _text("organisation"),
    _text("purpose"),
    _text("subjects"),
    _text("fields"),
    _text("state"),
    _text("claimed_by", null=True),
    _text("claimed_at", null=True),
)
QUERY_REPLY: Final = Table(
    "query_reply",
    _METADATA,
    _text("request_id", key=True),
    _text("subject", key=True),
    Column("found", Integer, nullable=False),
    _text("body", null=True),
    _text("as_of"),
)
CONTROL_REQUEST: Final = Table(
    "control_request",
    _METADATA,
    _text("key", key=True),
    _text("created_at"),
    _text("document_hash"),
    _text("body"),
    _text("state"),
    _text("claimed_by", null=True),
    _text("claimed_at", null=True),
)
CONTROL_REPLY: Final = Table(
    "control_reply",
    _METADATA,
    _text("key", key=True),
    _text("body"),
    _text("created_at"),
)
STANDING_REQUEST: Final = Table(
    "standing_request",
    _METADATA,
    _text("id", key=True),
    _text("created_at"),
    _text("key", null=True),
    _text("since", null=True),
    _text("state"),
    _text("claimed_by", null=True),
    _text("claimed_at", null=True),
)
STANDING_REPLY: Final = Table(
    "standing_reply",
    _METADATA,
    _text("request_id", key=True),
    _text("body"),
)


def make_tables(connection: Connection) -> None:
    for table in _METADATA.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
