"""Tokens that the demo itself does not print: of other people, or of a proof long ago."""

import time
from pathlib import Path
from typing import Any

import httpx

from auth.assurance import TWO_FACTORS, Proof
from auth.keys import SigningKeys
from auth.scopes import Entitlements
from auth.tokens import Bearer, Mint
from gateway.settings import Settings

ENTITLEMENTS = Entitlements.from_catalogue()


def demo_token(
    demo: dict[str, Any],
    subject: str,
    role: str,
    *,
    proof: Proof | str | None = "now",
    **changed: Any,
) -> str:
    """Return a token signed with the demo's key.

    Args:
        proof: what *subject* proved; two factors now if left out.
    """
    now = time.time()
    mint = Mint(
        keys=SigningKeys.load_or_create(Path(demo["data"]) / "signing-keys.json"),
        issuer=demo["issuer"],
        audience=Settings.model_fields["audience"].default,
        lifetime=600,
    )
    bearer: dict[str, Any] = {
        "subject": subject,
        "organisation": "court",
        "role": role,
        "client_id": "graphiql",
        "scopes": ENTITLEMENTS.of(role),
        "officer": subject,
        "proof": Proof(acr=TWO_FACTORS, auth_time=int(now)) if isinstance(proof, str) else proof,
        **changed,
    }
    return mint.token(Bearer(**bearer), now=now)


def ask_with(
    demo: dict[str, Any],
    token: str,
    query: str,
    headers: dict[str, str] | None = None,
    **variables: Any,
) -> httpx.Response:
    return httpx.post(
        demo["graphql"],
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {token}", **(headers or {})},
        timeout=30,
        trust_env=False,
    )
