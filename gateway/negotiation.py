"""Which form a client wants its answer in (GraphQL over HTTP, section 6)."""

from dataclasses import dataclass
from typing import Final

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"

_OFFERED: Final = (GRAPHQL, JSON, EVENTS)


@dataclass(frozen=True, slots=True)
class Form:
    """The media type to answer with.

    Attributes:
        legacy: the client asked for plain JSON by name; such clients read an error off the body
            and may take any status but 200 for a broken server.
    """

    media_type: str
    legacy: bool = False


def negotiate(accept: str | None) -> Form | None:
    """Return the form that *accept* prefers; None if nothing offered will do.

    Ranges rank by q, then by the order in which the client wrote them. A client that merely lists
    ``text/event-stream`` behind JSON gets JSON. No header, and ``*/*``, mean JSON.
    """
    if accept is None or not accept.strip():
        return Form(JSON)
    ranked: list[tuple[float, int, str]] = []
    for position, item in enumerate(accept.split(",")):
        media_range, *parameters = (part.strip().lower() for part in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if quality > 0:
            ranked.append((-quality, position, media_range))
    for _, _, media_range in sorted(ranked):
        if media_range in ("*/*", "application/*"):
            return Form(JSON)
        if media_range == "text/*":
            return Form(EVENTS)
        if media_range in _OFFERED:
            return Form(media_range, legacy=media_range == JSON)
    return None
