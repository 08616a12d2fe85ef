"""Settings of the record: how long it is kept, and who attests it."""

from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator

from auth.note_verifiers import verifier_for
from domain.checkpoint import NoteBroken
from domain.note_key import COSIGNATURE, parse_note_key
from domain.record import RetentionClass


class RecordSigner(BaseModel):
    """A second signer of the record's checkpoints, such as SM2 in a security module."""

    key: str = Field(description="Its public key: NAME+ID+BASE64 (C2SP signed-note).")
    command: list[str] = Field(
        min_length=1,
        description="Program that signs: a checkpoint's text on its standard input, a note's line "
        "on its standard output.",
    )
    verify_command: list[str] = Field(
        default_factory=list,
        description="Program that checks what is not Ed25519: the text on its standard input, key "
        "and signature (base64) as last arguments; status 0 is right, 1 wrong.",
    )
    seconds: float = Field(10.0, gt=0, description="Longest a signature may take.")

    @model_validator(mode="after")
    def _key_that_can_be_checked(self) -> Self:
        verifier_for(parse_note_key(self.key), self.verify_command)
        return self


class RecordWitness(BaseModel):
    """A witness that signs checkpoints after seeing that the record only grew."""

    key: str = Field(description="Its public key: NAME+ID+BASE64, of cosignatures (0x04).")
    url: str = Field(description="Where its `add-checkpoint` is (C2SP tlog-witness).")
    ca_file: Path | None = Field(None, description="PEM of a private authority to trust there.")
    seconds: float = Field(10.0, gt=0, description="Longest wait for its answer.")

    @field_validator("key")
    @classmethod
    def _key_of_a_witness(cls, given: str) -> str:
        key = parse_note_key(given)
        if key.algorithm != COSIGNATURE:
            raise NoteBroken(f"{key.name} has no key of cosignatures: its first byte is 4")
        return given

    @field_validator("url")
    @classmethod
    def _address(cls, given: str) -> str:
        return _http(given)


class RecordStamping(BaseModel):
    """The authority that stamps when a checkpoint existed (RFC 3161)."""

    url: str = Field(description="Where time stamps are asked for (RFC 3161 over HTTP).")
    stamp_ca_file: Path = Field(description="PEM of the authorities its stamps are checked with.")
    ca_file: Path | None = Field(None, description="PEM of a private authority to trust for TLS.")
    every_seconds: float = Field(300.0, gt=0, description="How often a checkpoint is stamped.")
    stop_after_seconds: float = Field(
        14_400.0,
        gt=0,
        description="How old the oldest entry without a stamp may be: then court and control "
        "operations are refused (`RECORD_NOT_STAMPED`) until stamps work again.",
    )
    seconds: float = Field(10.0, gt=0, description="Longest wait for a stamp.")

    @field_validator("url")
    @classmethod
    def _address(cls, given: str) -> str:
        return _http(given)

    @model_validator(mode="after")
    def _time_to_stamp(self) -> Self:
        if self.stop_after_seconds < 2 * self.every_seconds:
            raise ValueError("stop_after_seconds must be twice every_seconds or more")
        return self


def _http(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{given} is no http or https address")
    return given


class RecordSettings(BaseModel):
    """What the record is called, how long its personal sides are kept, and who attests it."""

    record_name: str = Field(
        "chakong",
        pattern=r"^[^\s+]{1,64}$",
        description="Who signs the record, as its checkpoints and their verifiers' keys say it.",
    )
    record_network_days: int = Field(
        183, ge=183, description="How long log-ins can be traced to people, in days (DL-36)."
    )
    record_providing_days: int = Field(
        1096, ge=1096, description="How long disclosures can be, in days: three years (DL-37)."
    )
    record_hidden_days: int = Field(
        30,
        ge=0,
        le=180,
        description="How long a look-up may be kept from whom it was about, until a hold is executed.",
    )
    record_order_days: int = Field(
        3653,
        ge=3653,
        description="How long steps of orders and the list can be, in days: ten years.",
    )
    record_lag_seconds: float = Field(
        60.0,
        ge=5,
        description="How long an event may wait for its entry in the record, or an entry for its "
        "signature: then court and control operations are refused (`RECORD_BEHIND`) until the "
        "record has caught up.",
    )
    record_signers: dict[str, RecordSigner] = Field(
        default_factory=dict,
        description="Second signers of the record's checkpoints, by any name.",
    )
    record_witnesses: dict[str, RecordWitness] = Field(
        default_factory=dict,
        description="Witnesses that sign checkpoints after seeing that the record only grew, by any name.",
    )
    record_attest_seconds: float = Field(
        60.0, gt=0, description="How often second signers and witnesses are asked."
    )
    record_stamping: RecordStamping | None = Field(
        None, description="Time stamps of the record's checkpoints (RFC 3161); none if left out."
    )
    record_archive_dir: Path | None = Field(
        None,
        description="Where a bundle of each closed day of the record is put; none if left out.",
    )

    def record_retention(self) -> dict[RetentionClass, timedelta]:
        """Return how long the personal sides of the record are kept."""
        return {
            RetentionClass.NETWORK: timedelta(days=self.record_network_days),
            RetentionClass.PROVIDING: timedelta(days=self.record_providing_days),
            RetentionClass.ORDER: timedelta(days=self.record_order_days),
        }
