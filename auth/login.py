"""Who is at the browser: name and password against the accounts, slowly for those who guess."""

from auth.accounts import Accounts, User
from auth.passwords import Passwords
from auth.scopes import Entitlements
from auth.throttle import Throttle


class TooManyAttempts(Exception):
    """This name was tried too often; the password was not looked at. `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("Too many attempts to log in.")
        self.wait = wait


class Login:
    def __init__(
        self,
        *,
        accounts: Accounts,
        passwords: Passwords,
        entitlements: Entitlements,
        throttle: Throttle,
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._entitlements = entitlements
        self._throttle = throttle

    def user(self, name: str, password: str) -> User | None:
        """Return the user with this *name* and *password*; None says nothing about which is wrong.

        Blocks for one argon2 verification, whether the name exists or not.

        Raises:
            TooManyAttempts: come back later, even with the right password.
        """
        wait = self._throttle.begin(name)
        if wait > 0:
            raise TooManyAttempts(wait)
        user = self._accounts.find_user(name)
        known = user.password_hash if user is not None else None
        if not self._passwords.verify(password, known) or user is None:
            return None
        if not self._entitlements.is_for_people(user.role):
            return None
        self._throttle.succeed(name)
        return user
