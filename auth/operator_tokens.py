"""Tokens without any login: for an operator's console, never for a route."""

import time
from collections.abc import Callable

from auth.assurance import TWO_FACTORS, Proof
from auth.scopes import Entitlements
from auth.tokens import Bearer, Mint, officer_number


class OperatorTokens:
    def __init__(
        self, mint: Mint, entitlements: Entitlements, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._mint = mint
        self._entitlements = entitlements
        self._clock = clock

    def token_for(  # noqa: PLR0913 -- what a token says
        self,
        *,
        role: str,
        subject: str,
        organisation: str,
        client_id: str,
        scopes: frozenset[str] | None = None,
        officer: str | None = None,
        now: float | None = None,
    ) -> str:
        """Return a token of the mint.

        Args:
            scopes: None means all that *role* may hold.
            officer: credential number; court people without one are known by *subject*.
            now: epoch seconds.

        Raises:
            ValueError: unknown role, or a scope that the role may not hold.
        """
        entitled = self._entitlements.of(role) & self._entitlements.known
        if not entitled or not (scopes or entitled) <= entitled:
            raise ValueError("The role is unknown or may not hold these scopes.")
        begins = self._clock() if now is None else now
        bearer = Bearer(
            subject=subject,
            organisation=organisation,
            role=role,
            client_id=client_id,
            scopes=entitled if scopes is None else scopes,
            officer=officer_number(subject=subject, organisation=organisation, credential=officer),
            # Who sits at the operator's console has proved more than two factors.
            proof=Proof(acr=TWO_FACTORS, auth_time=int(begins))
            if self._entitlements.is_for_people(role)
            else None,
        )
        return self._mint.token(bearer, now=begins)
