"""Where a department is."""

from dataclasses import dataclass, field

from connectors.http import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentAddress:
    """One department of a deployment.

    Attributes:
        id: such as ``traffic-police``.
        stem: which of its systems, where a department has several.
        url: the base URL; of an exchange database, its SQLAlchemy URL.
        secret: client secret or key, where the department's page asks for one.
        client_id: with *secret*, where the page asks for both.
        deadline_seconds: how long a question may take.
        trust: whom we believe there, and as whom we come, where it speaks TLS.
    """

    id: str
    stem: str = ""
    url: str
    secret: str = field(default="", repr=False)
    client_id: str = ""
    deadline_seconds: float = 5.0
    trust: Trust = field(default_factory=Trust)
