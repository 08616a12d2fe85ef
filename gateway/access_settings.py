"""Settings of who is let in, with what, and for how long."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from auth.policy import Profile
from gateway.issuer_settings import TrustedIssuer


class AccessSettings(BaseModel):
    """Tokens, clients' certificates, sessions, and the issuers that are trusted."""

    access_token_seconds: int = Field(
        300,
        gt=0,
        description="Lifetime of access tokens in seconds; more than 300 only in the demo.",
    )
    refresh_token_seconds: int = Field(
        8 * 3600, gt=0, description="How long refresh tokens go on after a log-in, in seconds."
    )
    access_profile: Profile = Field(
        Profile.DEFAULT,
        description="What clients have to do: `default`, or `fapi2` (FAPI 2.0 Security Profile: keys "
        "instead of secrets, pushed requests, tokens bound to keys).",
    )
    signing_algorithm: Literal["ES256", "PS256", "EdDSA"] = Field(
        "ES256", description="What new signing keys are for: ES256, PS256 or EdDSA."
    )
    dpop_nonces: bool = Field(
        default=False,
        description="Whether DPoP proofs must contain a nonce of ours (RFC 9449, 8 and 9).",
    )
    tls_terminators: list[str] = Field(
        default_factory=list,
        description="Addresses or networks of the proxies that end TLS: only their word about a "
        "client's certificate counts.",
    )
    client_certificate_header: str = Field(
        "Client-Cert",
        pattern=r"^[A-Za-z0-9-]{1,64}$",
        description="The header in which they tell it: RFC 9440, or PEM percent-encoded; they must "
        "remove it from what comes from outside.",
    )
    client_certificate_authorities: Path | None = Field(
        None,
        description="PEM of the authorities whose certificates prove a client by its subject.",
    )
    step_up_seconds: int = Field(
        300,
        gt=0,
        description="How long ago people may have proved two factors when they see raw identifiers, "
        "approve or break glass; more than 300 only in the demo.",
    )
    session_seconds: int = Field(
        28_800, gt=0, le=43_200, description="How long a browser stays signed in at the most."
    )
    session_idle_seconds: int = Field(
        1_800, gt=0, le=3_600, description="How long without a request until it is signed out."
    )
    persons_per_hour: int = Field(
        200, gt=0, description="About how many different people one officer may ask in an hour."
    )
    embedded_issuer: bool = Field(
        default=True,
        description="Whether the gateway is an authorization server itself, with the sign-in of "
        "GraphiQL; off: `trusted_issuers` alone.",
    )
    trusted_issuers: list[TrustedIssuer] = Field(
        default_factory=list,
        description="Other authorization servers whose tokens are good here (docs/issuers.md).",
    )

    @field_validator("tls_terminators")
    @classmethod
    def _networks_of_proxies(cls, given: list[str]) -> list[str]:
        for network in given:
            ip_network(network)
        return given
