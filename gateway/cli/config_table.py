"""Settings for reading: every key, its value, what it is for."""

from typing import Any

from rich.table import Table

from gateway.settings import Settings


def config_values(settings: Settings) -> dict[str, Any]:
    """Return every setting in force; secrets as stars."""
    shown: dict[str, Any] = settings.model_dump(mode="json")
    return shown


def config_table(settings: Settings) -> Table:
    table = Table("key", "value", "meaning")
    for name, value in config_values(settings).items():
        field = Settings.model_fields[name]
        table.add_row(name, str(value), field.description or "")
    return table
