"""Options that the commands about access share."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
By = Annotated[str, typer.Option("--by", help="Who does this; it stands in the record.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it stands in the record.")]
Role = Annotated[str | None, typer.Option("--role", help="As scopes.json names it.")]
Department = Annotated[str, typer.Option("--department", help="Id, such as traffic-police.")]
Owner = Annotated[str, typer.Option("--owner", help="Who answers for it there.")]
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", help="Repeat; all of the role's if left out.")
]
Purposes = Annotated[
    list[str] | None,
    typer.Option("--purpose", help="PROPERTY_INQUIRY, CONTROL, SCREENING, …; repeat."),
]
Agreement = Annotated[str, typer.Option("--agreement", help="Reference of the agreement.")]
Assessment = Annotated[
    str, typer.Option("--assessment", help="Reference of the impact assessment (PIPL 55).")
]
Until = Annotated[
    datetime,
    typer.Option("--until", formats=["%Y-%m-%d"], help="The last day; at most a year from now."),
]
MakeSecret = Annotated[bool, typer.Option("--secret", help="Make a secret and print it once.")]
Jwks = Annotated[
    Path | None, typer.Option("--jwks", help="JWK Set with its public keys (private_key_jwt).")
]
Certificate = Annotated[
    Path | None, typer.Option("--certificate", help="PEM of the certificate it connects with.")
]
CertificateSubject = Annotated[
    str | None,
    typer.Option("--certificate-subject", help="RFC 4514 name that a trusted authority certifies."),
]
BoundTo = Annotated[
    Literal["dpop", "mtls"] | None,
    typer.Option(
        "--bound-to", help="Its tokens are always bound: to a DPoP key, or a certificate."
    ),
]
Renews = Annotated[bool, typer.Option("--refresh", help="An application may refresh its tokens.")]
Whole = Annotated[bool, typer.Option("--whole", help="With scopes, purposes and papers.")]
