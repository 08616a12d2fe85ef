"""What a document may be, before anything expensive looks at it."""

import pytest
from graphql import parse

from gateway.limits import BeyondLimit, Limits, check_limits


def bomb(levels: int, spreads: int) -> str:
    """Return fragments that spread each other: *spreads* to the power of *levels* fields."""
    fragments = [
        f"fragment F{level} on Query {{ {' '.join([f'...F{level + 1}'] * spreads)} }}"
        for level in range(levels)
    ]
    return "\n".join(
        ["{ ...F0 }", *fragments, f"fragment F{levels} on Query {{ viewer {{ id }} }}"]
    )


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        pytest.param(
            "{ a { a { a { a { a { a { a { a { a { a { a }}}}}}}}}} }", "depth", id="deep"
        ),
        pytest.param(
            f"{{ viewer {{ {' '.join(f'a{n}: id' for n in range(16))} }} }}",
            "aliases",
            id="aliases",
        ),
        pytest.param("{ " + " ".join(f"f{n}" for n in range(21)) + " }", "root_fields", id="roots"),
        pytest.param("{ a " + "@skip(if: false) " * 51 + " }", "directives", id="directives"),
        pytest.param("{ viewer { " + "id " * 6 + "} }", "same_key", id="the same again"),
        pytest.param(bomb(20, 10), "fields", id="fragment bomb"),
        pytest.param(bomb(11, 2), "fields", id="small bomb"),
        pytest.param(
            "{ __schema { " + "ofType { " * 21 + "name" + " }" * 21 + " } }",
            "introspection_depth",
            id="introspection",
        ),
        pytest.param(
            "{ ...A } fragment A on Query { a { ...B } } fragment B on X { b { c { d { e { f { g "
            "{ h { i { j { k } } } } } } } } } }",
            "depth",
            id="deep through fragments",
        ),
    ],
)
def test_a_document_beyond_a_limit_names_the_limit(document: str, limit: str) -> None:
    with pytest.raises(BeyondLimit) as beyond:
        check_limits(parse(document), Limits())

    assert beyond.value.limit == limit


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("{ a { a { a { a { a { a { a { a { a { a }}}}}}}}} }", id="ten deep"),
        pytest.param(
            "{ ...A } fragment A on Query { ...A }", id="a circle is validation's business"
        ),
        pytest.param("{ ...Missing }", id="so is a fragment that is not there"),
    ],
)
def test_what_is_within_the_limits_passes(document: str) -> None:
    check_limits(parse(document), Limits())
