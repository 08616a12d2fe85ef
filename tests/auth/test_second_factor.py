"""One-time codes: RFC 6238's own, each once; secrets that only their user's row opens; easy passwords."""

import threading
from collections.abc import Mapping

import pyotp
import pytest

from auth.enrolment import is_weak, new_activation_code
from auth.second_factor import (
    FactorStore,
    OneTimeCodes,
    Seal,
    hashed,
    matching_step,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
)
from tests.auth.world import Clock

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"


class Memory(FactorStore):
    def __init__(self, sealed: bytes | None, recovery: set[str]) -> None:
        self.sealed, self.recovery, self.last = sealed, recovery, 0
        self._lock = threading.Lock()

    def sealed_secret(self, user_id: str) -> bytes | None:
        del user_id
        return self.sealed

    def use_step(self, user_id: str, step: int) -> bool:
        del user_id
        with self._lock:
            used, self.last = step > self.last, max(step, self.last)
            return used

    def take_recovery_code(self, user_id: str, code_hash: str) -> bool:
        del user_id
        with self._lock:
            known = code_hash in self.recovery
            self.recovery.discard(code_hash)
            return known


@pytest.mark.parametrize(
    ("now", "code"),
    [
        pytest.param(59, "287082", id="1970"),
        pytest.param(1111111109, "081804", id="2005"),
        pytest.param(1234567890, "005924", id="2009"),
        pytest.param(2000000000, "279037", id="2033"),
        pytest.param(20000000000, "353130", id="2603"),
    ],
)
def test_codes_are_those_of_the_rfc(now: float, code: str) -> None:
    assert matching_step(RFC_SECRET, code, now) == int(now) // 30


@pytest.mark.parametrize(
    ("late", "known"),
    [(0, True), (29, True), (30, True), (59, True), (60, False), (-1, False), (-30, False)],
)
def test_a_code_is_good_while_it_is_shown_and_a_moment_longer(late: int, *, known: bool) -> None:
    begins = 1_790_000_010  # a multiple of 30
    code = pyotp.TOTP(RFC_SECRET).at(begins)

    assert (matching_step(RFC_SECRET, code, begins + late) is not None) is known


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", " 1234"]
)
def test_what_is_no_code_is_not_compared(code: str) -> None:
    assert matching_step(RFC_SECRET, code, 59) is None


def test_of_eight_at_once_one_uses_the_code() -> None:
    clock = Clock()
    seal = Seal(b"k" * 32)
    codes = OneTimeCodes(Memory(seal.close("a", RFC_SECRET), set()), seal, clock)
    answers = {"code": pyotp.TOTP(RFC_SECRET).at(int(clock.now))}
    accepted: list[bool] = []

    threads = [
        threading.Thread(target=lambda: accepted.append(codes.accepts("a", answers)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(accepted) == [False] * 7 + [True]


def test_an_older_code_does_not_come_after_a_newer_one() -> None:
    clock = Clock()
    seal = Seal(b"k" * 32)
    codes = OneTimeCodes(Memory(seal.close("a", RFC_SECRET), set()), seal, clock)
    now = int(clock.now)

    def answer(at: int) -> Mapping[str, str]:
        return {"code": pyotp.TOTP(RFC_SECRET).at(at)}

    assert codes.accepts("a", answer(now))
    assert not codes.accepts("a", answer(now - 30))


def test_a_secret_opens_for_its_user_and_its_key_alone() -> None:
    sealed = Seal(b"k" * 32).close("a", RFC_SECRET)

    assert Seal(b"k" * 32).open("a", sealed) == RFC_SECRET
    assert Seal(b"k" * 32).open("b", sealed) is None
    assert Seal(b"x" * 32).open("a", sealed) is None
    assert Seal(b"k" * 32).open("a", sealed[:-1] + b"x") is None
    assert RFC_SECRET.encode() not in sealed


def test_recovery_codes_are_ten_and_good_once_each() -> None:
    recovery = new_recovery_codes()
    seal = Seal(b"k" * 32)
    memory = Memory(seal.close("a", RFC_SECRET), {hashed(one) for one in recovery})
    codes = OneTimeCodes(memory, seal, Clock())

    assert len(set(recovery)) == 10
    assert all(codes.accepts("a", {"code": one.lower()}) for one in recovery)
    assert not any(codes.accepts("a", {"code": one}) for one in recovery)


def test_what_is_generated_cannot_be_guessed() -> None:
    """160 bits for a secret, 120 for what is typed once."""
    assert len(new_secret()) * 5 == 160
    for code in (new_activation_code(), new_recovery_codes()[0]):
        assert len(code.replace("-", "")) * 5 == 120
    assert len({new_activation_code() for _ in range(1000)}) == 1000


def test_the_qr_code_says_who_and_where() -> None:
    uri = provisioning_uri(RFC_SECRET, "executor-1")

    assert uri == f"otpauth://totp/Chakong:executor-1?secret={RFC_SECRET}&issuer=Chakong"


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("short-Pw1!", id="too short"),
        pytest.param("x" * 257, id="too long"),
        pytest.param("password1234", id="a usual one"),
        pytest.param("qwertyuiop12", id="along the keyboard"),
        pytest.param("abcdefghijklmnop", id="along the alphabet"),
        pytest.param("aaaaaaaaaaaaaa", id="one letter"),
        pytest.param("executor-1executor-1", id="the name twice"),
        pytest.param("chakong12345", id="this place"),
    ],
)
def test_easy_passwords_are_not_taken(password: str) -> None:
    assert is_weak(password, "executor-1")


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("correct horse battery staple", id="words"),
        pytest.param("mxtqzvkrwbpl", id="small letters alone"),
        pytest.param("合成口令只用于测试与演示的系统", id="Chinese alone"),
        pytest.param("p" * 3 + "Zt7-qL v9 xW2 kR" * 6, id="a hundred characters"),
    ],
)
def test_passwords_of_any_kind_of_characters_are(password: str) -> None:
    assert not is_weak(password, "executor-1")
