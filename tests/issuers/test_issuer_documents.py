"""Whatever an issuer publishes: keys that verify, or a refusal in our own words, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.errors import InvalidToken
from auth.issuer_claims import ClaimNames, IssuerClaims
from auth.issuer_key_set import ALGORITHMS, KeySetUnusable, VerifyingKey, read_key_set
from auth.issuer_metadata import MetadataUnusable, key_set_address
from tests.issuers.foreign import BY_ALGORITHM, public

ISSUER = "https://issuer.example/court"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
GOOD_KEYS = public(*BY_ALGORITHM.values())
MEMBERS = sorted({name for key in GOOD_KEYS for name in key} | {"key_ops", "x5c", "x5u", "d", "k"})
SECRET = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


@given(st.binary(max_size=400) | JSON.map(encoded))
def test_no_document_is_metadata_by_chance(document: bytes) -> None:
    with pytest.raises(MetadataUnusable):
        key_set_address(document, ISSUER, plain_http=False)


@given(st.fixed_dictionaries({}, optional={"issuer": JSON, "jwks_uri": JSON, "x": JSON}), st.text())
def test_metadata_give_an_https_address_or_none(changes: dict[str, Any], address: str) -> None:
    good = {"issuer": ISSUER, "jwks_uri": f"https://issuer.example/{address}"}
    document = encoded(good | changes)
    try:
        found = key_set_address(document, ISSUER, plain_http=False)
    except MetadataUnusable:
        return

    assert changes.get("issuer", ISSUER) == ISSUER
    assert found.startswith("https://issuer.example/") and found.isascii() and "#" not in found


@given(
    st.binary(max_size=400) | JSON.map(encoded) | st.lists(JSON).map(lambda k: encoded({"keys": k}))
)
def test_no_document_is_a_key_set_by_chance(document: bytes) -> None:
    try:
        found = read_key_set(document, ALGORITHMS)
    except KeySetUnusable:
        return

    assert found == {}


@given(
    st.integers(0, len(GOOD_KEYS) - 1),
    st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=3),
    st.sets(st.sampled_from(MEMBERS), max_size=2),
)
def test_a_key_with_changed_members_is_used_as_it_says_or_not_at_all(
    position: int, changes: dict[str, Any], removed: set[str]
) -> None:
    keys = [dict(key) for key in GOOD_KEYS]
    changed = {**keys[position], **changes}
    keys[position] = {name: value for name, value in changed.items() if name not in removed}
    try:
        found = read_key_set(encoded({"keys": keys}), ALGORITHMS)
    except KeySetUnusable:
        return

    assert not SECRET & keys[position].keys()
    assert set(found) <= {key.get("kid") for key in keys}
    for key in keys:
        kid = key.get("kid")
        if isinstance(kid, str) and kid in found:
            assert_used_as_it_says(key, found[kid])


def assert_used_as_it_says(members: dict[str, Any], key: VerifyingKey) -> None:
    kinds = {"EC": {"ES256"}, "RSA": {"PS256", "RS256"}, "OKP": {"EdDSA", "Ed25519"}}
    assert key.algorithms <= kinds[members["kty"]]
    assert members.get("use", "sig") == "sig"
    assert "alg" not in members or key.algorithms == {members["alg"]}


@given(
    st.dictionaries(
        st.sampled_from(["sub", "role", "org", "scope", "client_id", "officer", "a"]), JSON
    ),
    st.sampled_from(["role", "/a", "/a/b", "/a~1b/~0", "/", "//"]),
)
def test_whatever_is_claimed_only_the_words_that_were_given_count(
    claims: dict[str, Any], role: str
) -> None:
    read = IssuerClaims(
        roles={"judge": "court-executor"},
        organisations={"9903": "court"},
        names=ClaimNames(role=role),
    )
    try:
        said = read(claims)
    except InvalidToken:
        return

    assert (said["role"], said["org"]) == ("court-executor", "court")
