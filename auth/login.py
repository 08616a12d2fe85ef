"""Who is at the browser: password and second factor against the accounts, slowly for those who guess."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from auth.accounts import Accounts, User
from auth.assurance import PASSWORD, TWO_FACTORS, Proof
from auth.passwords import Passwords
from auth.scopes import Entitlements
from auth.second_factor import CODE_FIELD, SecondFactor
from auth.throttle import Throttle


class TooManyAttempts(Exception):
    """This name was tried too often; the password was not looked at. `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("Too many attempts to log in.")
        self.wait = wait


class Login:
    def __init__(  # noqa: PLR0913 -- what a sign-in is held against
        self,
        *,
        accounts: Accounts,
        passwords: Passwords,
        entitlements: Entitlements,
        throttle: Throttle,
        clock: Callable[[], float],
        factor: SecondFactor | None = None,
        factor_required: bool = False,
    ) -> None:
        """Sign people in.

        Args:
            factor: what they prove besides the password; without, nobody proves more than that.
            factor_required: whether the password alone lets nobody in.
        """
        self._accounts = accounts
        self._passwords = passwords
        self._entitlements = entitlements
        self._throttle = throttle
        self._clock = clock
        self._factor = factor
        self._required = factor_required

    def user(
        self, name: str, password: str, answers: Mapping[str, str] | None = None
    ) -> User | None:
        """Return the user with this *name* and *password* whose second factor *answers* prove.

        None says nothing about which of them is wrong. Blocks for one argon2 verification, whether
        the name exists or not.

        Raises:
            TooManyAttempts: come back later, even with the right password.
        """
        door = f"sign-in {name}"  # a name that reads like another purpose is counted as a name
        self._begin(door)
        user = self._accounts.find_user(name)
        known = user.password_hash if user is not None else None
        if not self._passwords.verify(password, known) or user is None:
            return None
        if not self._entitlements.is_for_people(user.role):
            return None
        acr = self._acr(user.id, answers or {})
        if acr is None:
            return None
        self._throttle.succeed(door)
        return replace(user, proof=Proof(acr=acr, auth_time=int(self._clock())))

    def proves_again(self, name: str, answers: Mapping[str, str]) -> Proof | None:
        """Return the proof of somebody who is signed in and shows the second factor again.

        Raises:
            TooManyAttempts: come back later.
        """
        again = f"again {name}"  # who only knows the name keeps nobody from this
        self._begin(again)
        if self._factor is None or not self._factor.accepts(name, answers):
            return None
        self._throttle.succeed(again)
        return Proof(acr=TWO_FACTORS, auth_time=int(self._clock()))

    def _begin(self, name: str) -> None:
        wait = self._throttle.begin(name)
        if wait > 0:
            raise TooManyAttempts(wait)

    def _acr(self, user_id: str, answers: Mapping[str, str]) -> str | None:
        """Return what was proved; None if that is not enough, or an answer is wrong."""
        answered = self._factor is not None and bool(answers.get(CODE_FIELD))
        if answered and self._factor is not None:
            return TWO_FACTORS if self._factor.accepts(user_id, answers) else None
        return None if self._required else PASSWORD
