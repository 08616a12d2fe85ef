"""A new key is published first, signs later, and the old one is good until its tokens ended."""

import json
from pathlib import Path

import pytest

from auth.algorithms import new_key
from auth.key_rotation import LEAST_OVERLAP, RotationUnderWay, rotate
from auth.keys import KeyFileUnusable, SigningKeys
from tests.auth.browser import web
from tests.auth.test_token_endpoint import IN_FORM
from tests.auth.world import NOW, Clock, World, bearer


def published(keys: SigningKeys) -> list[str]:
    return [key["kid"] for key in keys.jwks()["keys"]]


def test_published_first_then_signing_then_gone(tmp_path: Path) -> None:
    path, clock = tmp_path / "keys.json", Clock()
    old = SigningKeys.load_or_create(path, clock=clock).signing.kid
    done = rotate(path, algorithm="PS256", now=NOW, longest=300, after=600)

    seen = []
    for moment in (NOW, NOW + 599, NOW + 600, done.verifies_until - 1, done.verifies_until):
        clock.now = moment
        keys = SigningKeys.load_or_create(path, clock=clock)
        seen.append((keys.signing.kid, set(published(keys)), keys.find(str(old)) is not None))

    both = {old, done.new}
    assert done.old == old
    assert seen == [
        (old, both, True),
        (old, both, True),
        (done.new, both, True),
        (done.new, both, True),
        (done.new, {done.new}, False),
    ]
    assert done.verifies_until >= NOW + 600 + LEAST_OVERLAP
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]


def test_what_is_over_is_dropped_by_the_next_rotation(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    SigningKeys.load_or_create(path)
    first = rotate(path, algorithm="ES256", now=NOW, longest=300, after=5)

    second = rotate(path, algorithm="ES256", now=first.verifies_until, longest=300, after=5)

    assert (second.old, second.dropped) == (first.new, (first.old,))
    assert len(json.loads(path.read_text())["keys"]) == 2


def test_secrets_of_other_purposes_stay_the_same(tmp_path: Path) -> None:
    """Also those of a file that an earlier version made, which has no root."""
    new, legacy = tmp_path / "new.json", tmp_path / "legacy.json"
    SigningKeys.load_or_create(new)
    legacy.touch(0o600)
    legacy.write_text(json.dumps({"keys": [new_key("ES256").as_dict(private=True)]}))
    for path in (new, legacy):
        before = SigningKeys.load_or_create(path).secret_for("form")

        rotate(path, algorithm="EdDSA", now=NOW, longest=300, after=5)

        assert SigningKeys.load_or_create(path).secret_for("form") == before


def test_one_rotation_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    SigningKeys.load_or_create(path)
    rotate(path, algorithm="ES256", now=NOW, longest=300, after=600)
    waiting = path.read_text()
    with pytest.raises(RotationUnderWay):
        rotate(path, algorithm="ES256", now=NOW + 599, longest=300)
    draft = tmp_path / ".keys.json.rotating"
    draft.touch()
    with pytest.raises(RotationUnderWay):
        rotate(path, algorithm="ES256", now=NOW + 600, longest=300)

    assert path.read_text() == waiting
    assert draft.exists()


def test_there_is_nothing_to_rotate_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rotate(tmp_path / "keys.json", algorithm="ES256", now=NOW, longest=300)

    assert not list(tmp_path.iterdir())


def test_a_running_process_notices_and_keeps_what_it_has_when_the_file_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, clock = tmp_path / "keys.json", Clock()
    running = SigningKeys.load_or_create(path, clock=clock)
    monkeypatch.setattr("auth.keys._LOOK_AGAIN", 0.0)
    done = rotate(path, algorithm="ES256", now=NOW, longest=300, after=5)

    noticed = published(running)
    path.write_text("broken")
    kept = published(running)
    path.unlink()
    still = published(running)
    clock.now += 5

    assert set(noticed) == set(kept) == set(still) == {done.new, done.old}
    assert running.signing.kid == done.new


@pytest.mark.parametrize(
    "times",
    [{"signs_from": "soon"}, {"verifies_until": []}, {"signs_from": None}],
)
def test_times_that_are_none_make_the_file_unusable(
    tmp_path: Path, times: dict[str, object]
) -> None:
    path = tmp_path / "keys.json"
    path.touch(0o600)
    path.write_text(json.dumps({"keys": [{**new_key("ES256").as_dict(private=True), **times}]}))

    with pytest.raises(KeyFileUnusable):
        SigningKeys.load_or_create(path)


@pytest.mark.anyio
@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA"])
async def test_tokens_are_signed_by_the_algorithm_that_was_chosen(algorithm: str) -> None:
    keys = SigningKeys.generate(algorithm)
    world = World(keys=keys)
    async with web(world.app) as client:
        answer = await client.post("/oauth/token", data=IN_FORM)
        published_ = (await client.get("/oauth/jwks")).json()

    assert [key["alg"] for key in published_["keys"]] == [algorithm]
    assert not set(published_["keys"][0]) & {"d", "p", "q"}
    assert world.guard.caller(bearer(answer.json()["access_token"])).role == "dept:traffic-police"


def test_all_processes_change_over_at_the_same_moment(tmp_path: Path) -> None:
    path, clock = tmp_path / "keys.json", Clock()
    SigningKeys.load_or_create(path, clock=clock)
    rotate(path, algorithm="ES256", now=NOW, longest=300, after=5)
    processes = [SigningKeys.load_or_create(path, clock=clock) for _ in range(3)]

    before = {keys.signing.kid for keys in processes}
    clock.now += 5
    after = {keys.signing.kid for keys in processes}

    assert (len(before), len(after)) == (1, 1)
    assert before != after
