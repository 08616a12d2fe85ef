"""Settings: `CHAKONG_*` in the environment over one TOML file over the defaults."""

import os
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from connectors.endpoint_addresses import network_to_call
from domain import catalogue
from gateway.access_settings import AccessSettings
from gateway.department_settings import Department
from gateway.list_settings import ListSettings
from gateway.record_settings import RecordSettings

SHORTEST_KEY: Final = 32  # characters
LONGEST_TOKEN: Final = 300  # seconds, outside the demo
LONGEST_PROOF: Final = 300  # seconds since people proved who they are, outside the demo


class Settings(AccessSettings, ListSettings, RecordSettings, BaseSettings):
    """Every key of the gateway; `docs/configuration.md` is checked against this class."""

    model_config = SettingsConfigDict(
        env_prefix="CHAKONG_", env_nested_delimiter="__", extra="forbid"
    )
    file: ClassVar[Path | None] = None

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="Address that clients use; empty: http://host:port. The issuer is this."
    )
    data_dir: Path = Field(
        Path("chakong-data"), description="Where the default database and the signing key are."
    )
    database_url: str = Field(
        "", description="sqlite:///path or postgresql://…; empty: SQLite in data_dir."
    )
    audience: str = Field("chakong", description="`aud` that access tokens must carry.")
    demo: bool = Field(
        False,
        description="Synthetic people only; allows long tokens and publishes the demo logins.",
    )
    pseudonym_key: SecretStr = Field(
        SecretStr(""),
        description="Key of personId hashes, 32 characters or more; empty: made in data_dir.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe log event that is written."
    )
    metrics_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port of `/metrics`; left out: none; 0 takes a free one.",
    )
    metrics_host: str = Field(
        "127.0.0.1",
        description="Address that `/metrics` listens on: who can reach it may read it.",
    )
    otlp_endpoint: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Where traces are sent, OTLP over HTTP: http://collector:4318/v1/traces; empty: "
        "none are made. Needs the extra `otel`.",
    )
    trace_ratio: float = Field(
        0.05, ge=0, le=1, description="The share of the requests that are traced."
    )
    trace_from_clients: bool = Field(
        default=False,
        description="Whether a request goes on with the trace that its `traceparent` names.",
    )
    trace_to_departments: bool = Field(
        default=False, description="Whether departments are sent a `traceparent`."
    )
    delivery_lease_seconds: float = Field(
        30.0,
        gt=0,
        description="How long orders in delivery by an instance that died wait for another; more "
        "than twice the longest `deadline_seconds`.",
    )
    clock_seconds: float = Field(
        30.0,
        gt=0,
        description="How often holds that lapse and answers that are overdue are looked for.",
    )
    reconcile_seconds: float = Field(
        600.0,
        gt=0,
        description="How often the departments' statements of holds are compared with the court's.",
    )
    manual_departments: dict[str, str] = Field(
        default_factory=dict,
        description="By stem, units whose people type answers in, and the organisation that their "
        "tokens name: subdistrict_clues = subdistricts.",
    )
    affiliates_need_reason: bool = Field(
        True,
        description="Whether who looks at people behind a debtor says why; the supervisor is told then.",
    )
    manual_days: int = Field(
        30, ge=1, le=366, description="Days that a typed answer is shown before it is asked anew."
    )
    haircuts: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict,
        description="By kind of asset, per cent that its reference value is expected to lose when it is "
        "sold: vehicle = 30. Counts in `controllableAmount` and `controlPlan`.",
    )
    inbox_departments: list[str] = Field(
        default_factory=list,
        description="Departments (ids, such as traffic-police) that read their orders in `inbox` "
        "and report back, instead of being sent them.",
    )
    document_bytes: int = Field(
        10 * 1024 * 1024, gt=0, description="The largest document that may be uploaded, in bytes."
    )
    documents_required: bool = Field(
        False,
        description="An order is submitted only with ruling and notice attached as PDF (G3); "
        "otherwise their numbers are enough.",
    )
    cache: str = Field(
        "off",
        description="Keep departments' answers for a while: off, memory or redis://host:port/db.",
    )
    request_seconds: float = Field(
        10.0, gt=0, description="Longest a request may take; departments have nine tenths of it."
    )
    cost_of_operation: int = Field(
        20_000, gt=0, description="The most one operation may cost; see `extensions.cost`."
    )
    cost_per_minute: int = Field(
        600_000, gt=0, description="The most one client may spend in a minute, before 429."
    )
    webhook_networks: list[str] = Field(
        default_factory=list,
        description="Networks (CIDR) besides public addresses that units' webhooks may be in: your intranets.",
    )
    trusted_documents: dict[str, Path] = Field(
        default_factory=dict,
        description="By client id, a JSON file of its trusted documents: SHA-256 to document.",
    )
    trusted_only_clients: list[str] = Field(
        default_factory=list, description="Clients that may send trusted documents only."
    )
    persisted_query_clients: list[str] = Field(
        default_factory=list,
        description="Clients whose documents are remembered by hash (automatic persisted queries).",
    )
    groups_on: list[str] = Field(
        default_factory=list,
        description="Kinds of data that are off by default and on here: insuranceCashValue, vessel, "
        "employmentIncome. What is off is not in the schema.",
    )
    departments: dict[str, Department] = Field(
        default_factory=dict,
        description="Department systems by stem, the name of the connector's file: identity, "
        "vehicles, housing_fund, …",
    )

    @field_validator("groups_on")
    @classmethod
    def _groups_that_are_off(cls, given: list[str]) -> list[str]:
        if unknown := set(given) - catalogue.off_by_default():
            raise ValueError(f"not off by default, or unknown: {', '.join(sorted(unknown))}")
        return given

    @property
    def groups_off(self) -> frozenset[str]:
        """The field groups that this deployment does not have."""
        return catalogue.off_by_default() - set(self.groups_on)

    @field_validator("webhook_networks")
    @classmethod
    def _networks_to_call(cls, given: list[str]) -> list[str]:
        for network in given:
            network_to_call(network)
        return given

    @model_validator(mode="after")
    def _long_tokens_only_in_the_demo(self) -> Self:
        if self.access_token_seconds > LONGEST_TOKEN and not self.demo:
            raise ValueError(
                f"access_token_seconds may be at most {LONGEST_TOKEN} outside the demo"
            )
        return self

    @model_validator(mode="after")
    def _old_proofs_only_in_the_demo(self) -> Self:
        if self.step_up_seconds > LONGEST_PROOF and not self.demo:
            raise ValueError(f"step_up_seconds may be at most {LONGEST_PROOF} outside the demo")
        return self

    @model_validator(mode="after")
    def _issuers_that_can_be_trusted(self) -> Self:
        for one in self.trusted_issuers:
            if fault := one.fault(demo=self.demo):
                raise ValueError(f"trusted issuer {one.issuer}: {fault}")
        known = [one.issuer for one in self.trusted_issuers]
        if self.embedded_issuer:
            known.append(self.issuer)
        elif not known:
            raise ValueError("without embedded_issuer there must be trusted_issuers")
        if len(set(known)) != len(known):
            raise ValueError("an issuer is trusted twice, or is this gateway itself")
        carried = [one.carried for one in self.trusted_issuers]
        if len(set(carried)) != len(carried):
            raise ValueError(
                "two trusted issuers give the same names: one may have register_names, the others "
                "need a qualifier each"
            )
        return self

    @model_validator(mode="after")
    def _no_guessable_pseudonyms(self) -> Self:
        if 0 < len(self.pseudonym_key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"pseudonym_key must have {SHORTEST_KEY} characters or more")
        return self

    @property
    def issuer(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'chakong.db').resolve()}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- no .env files
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        if cls.file is not None:
            sources.append(TomlConfigSettingsSource(settings_cls, cls.file))
        return tuple(sources)


def load_settings(file: Path | None = None, **given: Any) -> Settings:
    """Return the settings: *given* over the environment over *file* over the defaults.

    *file* defaults to ``CHAKONG_CONFIG``.

    Raises:
        FileNotFoundError: the file that was named is not there.
        pydantic.ValidationError: a value does not fit, or a key is unknown.
    """
    named = file or (Path(os.environ["CHAKONG_CONFIG"]) if "CHAKONG_CONFIG" in os.environ else None)
    if named is not None and not named.is_file():
        raise FileNotFoundError(f"no configuration file at {named}")

    class FromFile(Settings):
        file = named

    return FromFile(**given)


def origin_of(url: str) -> str:
    """Return the origin of *url* as browsers name it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
