"""Which form an Accept header gets."""

import pytest

from gateway.negotiation import EVENTS, GRAPHQL, JSON, negotiate


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        pytest.param(None, JSON, id="no header"),
        pytest.param("", JSON, id="empty"),
        pytest.param("*/*", JSON, id="anything"),
        pytest.param("application/*", JSON, id="any application"),
        pytest.param("application/json", JSON, id="json"),
        pytest.param("application/graphql-response+json", GRAPHQL, id="graphql"),
        pytest.param("APPLICATION/GraphQL-Response+JSON", GRAPHQL, id="case"),
        pytest.param("text/event-stream", EVENTS, id="events"),
        pytest.param("text/*", EVENTS, id="any text"),
        pytest.param(
            "application/graphql-response+json, application/graphql+json, application/json, "
            "text/event-stream, multipart/mixed",
            GRAPHQL,
            id="urql lists everything",
        ),
        pytest.param("application/json;q=0.5, text/event-stream", EVENTS, id="events preferred"),
        pytest.param("application/json, text/event-stream;q=0.9", JSON, id="json preferred"),
        pytest.param("text/html, */*;q=0.1", JSON, id="a browser"),
    ],
)
def test_the_preferred_form_is_taken(accept: str | None, media_type: str) -> None:
    form = negotiate(accept)

    assert form is not None
    assert form.media_type == media_type


@pytest.mark.parametrize(
    "accept",
    [
        pytest.param("text/html", id="html only"),
        pytest.param("application/json;q=0", id="not json"),
        pytest.param("application/json;q=abc", id="unreadable quality"),
        pytest.param(",", id="a comma"),
    ],
)
def test_nothing_on_offer_is_none(accept: str) -> None:
    assert negotiate(accept) is None
