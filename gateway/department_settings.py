"""Settings of how departments are reached."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, field_validator

from domain.closed_hours import parse_closed_hours


class Department(BaseModel):
    """How one department is reached."""

    url: str = Field(
        description="Base address; of a department with an exchange database, its URL."
    )
    secret: SecretStr = Field(description="API key or OAuth client secret that we present.")
    client_id: str = Field("court-gateway", description="Our OAuth client id there.")
    deadline_seconds: float = Field(10.0, gt=0, description="Longest wait for one answer.")
    ca_file: Path | None = Field(None, description="PEM of a private authority to trust there.")
    client_certificate_file: Path | None = Field(
        None, description="PEM of our client certificate and its key, for mutual TLS."
    )
    closed_hours: list[str] = Field(
        default_factory=list,
        description="When its system is down, in Asia/Shanghai: `22:00-06:00`, or "
        "`6,7 00:00-08:00` for some weekdays; orders wait until then.",
    )

    @field_validator("closed_hours")
    @classmethod
    def _hours_that_can_be_read(cls, given: list[str]) -> list[str]:
        for hours in given:
            parse_closed_hours(hours)
        return given
