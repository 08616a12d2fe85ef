"""Pages: how long they are, where the next one starts, and how a place is written as a cursor."""

import base64
import binascii
from datetime import datetime
from typing import Final

import strawberry

from resolvers.refusals import BadInput
from storage.instants import instant_text, parse_instant

MOST_A_PAGE: Final = 100


@strawberry.type(description="A page's edges. 分页信息")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow. 是否有下一页")
    end_cursor: str | None = strawberry.field(
        description="Where the next page starts: pass it as `after`. 游标"
    )


def cursor_of(moment: datetime, id_: str) -> str:
    """Return the place of what is listed by *moment* and then by *id_*, neither of which is secret."""
    place = f"{instant_text(moment)} {id_}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(after: str | None, first: int) -> tuple[datetime, str] | None:
    """Return the place behind which a page starts; None for the first page.

    Raises:
        BadInput: *first* is not 1 to 100, or *after* is no cursor of ours.
    """
    checked_size(first)
    return None if after is None else _place(after)


def checked_size(first: int) -> int:
    """Return *first*.

    Raises:
        BadInput: it is not 1 to 100.
    """
    if not 1 <= first <= MOST_A_PAGE:
        raise BadInput(f"first must be 1 to {MOST_A_PAGE}.")
    return first


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        if not text.isprintable():
            raise ValueError("not ours")  # noqa: TRY301 -- one refusal for all of them
        moment, _, id_ = text.partition(" ")
        return parse_instant(moment), id_
    except (ValueError, binascii.Error):
        raise BadInput("after is not a cursor of this connection.") from None
