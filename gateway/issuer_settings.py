"""Settings of the other issuers whose tokens are good here."""

from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from auth.issuer_metadata import issuer_fault
from auth.trusted_issuers import NEVER_ALLOWED
from domain import catalogue

Algorithm = Literal["ES256", "PS256", "RS256", "EdDSA"]

_LONGEST_TOKEN: Final = 3600  # seconds, outside the demo
_LONGEST_KEPT: Final = 168  # hours


class TrustedIssuer(BaseModel):
    """Another authorization server, found by discovery, and what it may say."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(
        description="Its identifier: exactly what `iss` and its metadata say; https, except on the "
        "loopback interface."
    )
    audience: str = Field("", description="What `aud` must be; empty: `audience` of this gateway.")
    roles: dict[str, str] = Field(
        min_length=1, description="Its word for a role, and ours; it can give no other role."
    )
    organisations: dict[str, str] = Field(
        min_length=1,
        description="Its word for an organisation, and ours; it can speak for no other.",
    )
    algorithms: list[Algorithm] = Field(
        default=["ES256", "PS256", "EdDSA"],
        min_length=1,
        description="Signatures that count: ES256, PS256, RS256, EdDSA; all but RS256 if left out.",
    )
    header_members: list[str] = Field(
        default_factory=list,
        description="Header members besides alg, typ and kid that its tokens may have, such as x5t; "
        "they mean nothing here.",
    )
    scope_claim: str = Field(
        "scope", min_length=1, description="Claim of the scopes: a string, or a list of them."
    )
    ignored_scopes: list[str] = Field(
        default_factory=list,
        description="Scopes that mean something to the issuer alone, such as openid; every other "
        "unknown scope refuses the token.",
    )
    role_claim: str = Field(
        "role",
        min_length=1,
        description="Claim of the role, one of `roles`; `/realm_access/roles` is a JSON Pointer.",
    )
    organisation_claim: str = Field(
        "org",
        description="Claim of the organisation; empty: everybody is of the only one in "
        "`organisations`.",
    )
    client_claim: str = Field("client_id", min_length=1, description="Claim of the OAuth client.")
    officer_claim: str = Field(
        "officer", min_length=1, description="Claim of the officer's credential number, if any."
    )
    register_names: bool = Field(
        default=False,
        description="Whether its `sub` and client ids are ours: officers of the case register, "
        "verified people, clients of limits. At most one issuer; otherwise they are `name@qualifier`.",
    )
    qualifier: str = Field(
        "",
        pattern=r"^[a-z0-9.:-]{0,40}$",
        description="What its names carry behind `@`; empty: the host of `issuer`, with its port.",
    )
    longest_seconds: int = Field(
        600, gt=0, description="The longest that a token may live; at most 3600 outside the demo."
    )
    keys_kept_hours: float = Field(
        24.0,
        ge=0,
        le=_LONGEST_KEPT,
        description="How long its last good keys are used while it is silent; then its tokens are "
        "refused.",
    )
    ca_file: Path | None = Field(
        None, description="PEM of a private authority to trust for its metadata and keys."
    )

    @field_validator("header_members")
    @classmethod
    def _members_that_mean_nothing(cls, given: list[str]) -> list[str]:
        if refused := NEVER_ALLOWED.intersection(given):
            raise ValueError(f"{', '.join(sorted(refused))} can never be allowed")
        return given

    @field_validator("roles")
    @classmethod
    def _roles_that_exist(cls, given: dict[str, str]) -> dict[str, str]:
        if unknown := set(given.values()) - {role.id for role in catalogue.roles()}:
            raise ValueError(f"there is no role {', '.join(sorted(unknown))}")
        return given

    @model_validator(mode="after")
    def _one_organisation_without_a_claim(self) -> Self:
        if not self.organisation_claim and len(set(self.organisations.values())) != 1:
            raise ValueError("without organisation_claim there is exactly one organisation")
        return self

    @property
    def carried(self) -> str:
        """Return what its names carry behind an @; empty: they are ours."""
        return "" if self.register_names else self.qualifier or urlsplit(self.issuer).netloc

    def fault(self, *, demo: bool) -> str | None:
        """Return what of this is good in the demo alone, or never; None if nothing is."""
        if said := issuer_fault(self.issuer, plain_http=demo):
            return said
        if self.longest_seconds > _LONGEST_TOKEN and not demo:
            return f"longest_seconds may be at most {_LONGEST_TOKEN} outside the demo"
        return None
