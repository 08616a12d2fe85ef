"""The signing key file: made once, private, never overwritten."""

import hashlib
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from auth.keys import KeyFileUnusable, SigningKeys
from tests.auth.world import b64


def test_a_new_file_is_private_and_its_key_is_named_by_its_thumbprint(tmp_path: Path) -> None:
    keys = SigningKeys.load_or_create(tmp_path / "keys.json")

    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "keys.json"]
    [public] = keys.jwks()["keys"]
    required = json.dumps({name: public[name] for name in ("crv", "kty", "x", "y")})
    thumbprint = hashlib.sha256(required.replace(" ", "").encode()).digest()  # RFC 7638
    assert public["kid"] == keys.signing.kid == b64(thumbprint)
    assert set(public) == {"kty", "crv", "x", "y", "use", "alg", "kid"}


def test_the_second_start_finds_the_same_key(tmp_path: Path) -> None:
    first = SigningKeys.load_or_create(tmp_path / "keys.json")
    second = SigningKeys.load_or_create(tmp_path / "keys.json")

    assert first.jwks() == second.jwks()
    assert first.secret_for("form") == second.secret_for("form") != first.secret_for("other")


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kids = {
            keys.signing.kid
            for keys in pool.map(SigningKeys.load_or_create, [tmp_path / "keys.json"] * 16)
        }

    assert len(kids) == 1


def test_an_old_key_behind_the_new_one_still_verifies(tmp_path: Path) -> None:
    new, old = (ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True) for _ in range(2))
    _write(tmp_path / "keys.json", {"keys": [new.as_dict(private=True), old.as_dict(private=True)]})

    keys = SigningKeys.load_or_create(tmp_path / "keys.json")

    assert keys.signing.kid == new.kid
    assert [key.kid for key in keys.public.keys] == [new.kid, old.kid]
    assert not any(key.is_private for key in keys.public.keys)


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
def test_a_file_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    SigningKeys.load_or_create(tmp_path / "keys.json")
    (tmp_path / "keys.json").chmod(mode)

    with pytest.raises(KeyFileUnusable):
        SigningKeys.load_or_create(tmp_path / "keys.json")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="no keys"),
        pytest.param({"keys": []}, id="empty"),
        pytest.param([], id="not an object"),
        pytest.param({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}, id="symmetric"),
        pytest.param(
            {"keys": [ECKey.generate_key("P-384", {"alg": "ES384"}, auto_kid=True).as_dict(True)]},
            id="another curve",
        ),
        pytest.param(
            {"keys": [ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True).as_dict()]},
            id="public half only",
        ),
    ],
)
def test_a_file_with_anything_else_is_refused_and_kept(tmp_path: Path, document: object) -> None:
    _write(tmp_path / "keys.json", document)

    with pytest.raises(KeyFileUnusable):
        SigningKeys.load_or_create(tmp_path / "keys.json")

    assert json.loads((tmp_path / "keys.json").read_text()) == document


def _write(path: Path, document: object) -> None:
    path.touch(0o600)
    path.write_text(json.dumps(document))
