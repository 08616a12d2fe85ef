"""The command ``chakong``."""

from gateway.cli.main import app

__all__ = ["app"]
