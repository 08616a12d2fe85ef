"""``chakong clients``: systems of departments, and applications that people sign in with."""

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import (
    Agreement,
    AsJson,
    Assessment,
    BoundTo,
    By,
    Certificate,
    CertificateSubject,
    Config,
    Department,
    Jwks,
    MakeSecret,
    Owner,
    Purposes,
    Renews,
    Role,
    Scopes,
    Until,
    Whole,
    Why,
)
from gateway.cli.printing import show

if TYPE_CHECKING:
    from gateway.cli.client_desk import Credential

clients_app = typer.Typer(
    no_args_is_help=True,
    help="Register systems and applications: what they may do, until when, on which paper.",
)
ClientId = Annotated[str, typer.Argument(help="The client's id.")]


@clients_app.command("create")
def create(  # noqa: PLR0913, PLR0917 -- what a registration says
    client: ClientId,
    department: Department,
    owner: Owner,
    agreement: Agreement,
    assessment: Assessment,
    until: Until,
    by: By,
    role: Role = None,
    scope: Scopes = None,
    purpose: Purposes = None,
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option("--redirect-uri", help="Of an application that people sign in with; repeat."),
    ] = None,
    secret: MakeSecret = False,
    jwks: Jwks = None,
    certificate: Certificate = None,
    certificate_subject: CertificateSubject = None,
    bound_to: BoundTo = None,
    refresh: Renews = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Register CLIENT with its grant. A secret that was made is printed this once."""
    from gateway.cli.client_desk import NewClient  # noqa: PLC0415
    from gateway.cli.client_desk import create as register  # noqa: PLC0415
    from gateway.cli.granting_desk import Wanted  # noqa: PLC0415 -- `--help` answers at once

    new = NewClient(
        id=client,
        wanted=Wanted(
            role=role,
            organisation=department,
            owner=owner,
            until=until,
            agreement=agreement,
            assessment=assessment,
            scopes=scope or [],
            purposes=purpose or [],
        ),
        credential=_credential(secret, jwks, certificate, certificate_subject),
        redirect_uris=redirect_uri or [],
        bound_to=bound_to,
        refresh=refresh,
    )
    show("Client 客户端", lambda: [register(config, by, new)], as_json=as_json)


@clients_app.command("list")
def list_clients(config: Config = None, whole: Whole = False, as_json: AsJson = False) -> None:
    """Show the clients that may do something now."""
    from gateway.cli.client_desk import listed  # noqa: PLC0415 -- `--help` answers at once

    show("Clients 客户端", lambda: listed(config, whole=whole), as_json=as_json)


@clients_app.command("rotate")
def rotate(  # noqa: PLR0913, PLR0917 -- the credentials there are
    client: ClientId,
    by: By,
    secret: MakeSecret = False,
    jwks: Jwks = None,
    certificate: Certificate = None,
    certificate_subject: CertificateSubject = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Give CLIENT another credential; the old one is void at once."""
    from gateway.cli.client_desk import rotate as turn  # noqa: PLC0415 -- `--help` answers at once

    credential = _credential(secret, jwks, certificate, certificate_subject)
    show("Client 客户端", lambda: [turn(config, by, client, credential)], as_json=as_json)


@clients_app.command("revoke")
def revoke(
    client: ClientId,
    by: By,
    why: Why,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take CLIENT's grant back: it gets no token any more, and its tokens end."""
    from gateway.cli.client_desk import revoke as end  # noqa: PLC0415 -- `--help` answers at once

    show("Client 客户端", lambda: [end(config, by, client, why)], as_json=as_json)


def _credential(
    secret: bool,
    jwks: Jwks,
    certificate: Certificate,
    certificate_subject: CertificateSubject,
) -> "Credential":
    from gateway.cli.client_desk import Credential  # noqa: PLC0415 -- `--help` answers at once

    return Credential(
        secret=secret,
        jwks=jwks,
        certificate=certificate,
        certificate_subject=certificate_subject,
    )
