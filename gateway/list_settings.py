"""Settings of the list: by whose periods it is kept, and how often one may look."""

from pydantic import BaseModel, Field

from domain.deadline import Profile as RuleProfile


class ListSettings(BaseModel):
    """The list, screening, and the public's pages."""

    screened_per_minute: int = Field(
        600_000, gt=0, description="How many subjects one client may screen in a minute."
    )
    rule_profile: RuleProfile = Field(
        RuleProfile.DEFAULT,
        description="Whose periods the list keeps: `default`, `seed-2017` or `spc-current`.",
    )
    private_screening: bool = Field(
        default=False,
        description="Whether departments may screen by ranges, without saying who (ADR 0030).",
    )
    private_least_rows: int = Field(
        1_000, ge=1_000, le=100_000, description="How many rows an answer of a range has at least."
    )
    private_ranges_per_minute: int = Field(
        600, gt=0, description="How many ranges one unit may ask for in a minute."
    )
    public_per_minute: int = Field(
        30, gt=0, description="How often one address may search the public list in a minute."
    )
