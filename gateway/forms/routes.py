"""``GET /orders/{id}/forms/{form}``: a form for whoever may see the order."""

from functools import partial
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth.caller import Caller
from auth.guard import Guard
from domain.record import RecordKind
from gateway.forms.assistance_notice import assistance_notice
from gateway.forms.control_receipt import control_receipt
from gateway.forms.markup import Html
from gateway.forms.paper import Paper, paper_of
from gateway.forms.seal import ESeal, NoSeal
from gateway.forms.service_receipt import service_receipt
from gateway.forms.sheet import POLICY
from gateway.plain_http import NO_STORE, NotThere, caller_with, refusing
from gateway.plain_record import PlainRecord, receipt, rests_on
from resolvers.debtor import RAW_NAME_AND_NUMBER
from resolvers.order_sight import ORDER_READERS, seen_order
from storage.database import Database

HEADERS: Final = {
    **NO_STORE,
    "content-security-policy": POLICY,
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


def form_routes(
    database: Database,
    guard: Guard,
    e_seal: ESeal | None = None,
    record: PlainRecord | None = None,
) -> list[Route]:
    """Return the route of the forms, sealed by *e_seal* if the court has one, recorded in *record*."""
    views = _Views(database, guard, e_seal or NoSeal(), record)
    return [Route("/orders/{order_id}/forms/{form}", refusing(views.show, record), methods=["GET"])]


class _Views:
    def __init__(
        self, database: Database, guard: Guard, e_seal: ESeal, record: PlainRecord | None
    ) -> None:
        self._database = database
        self._guard = guard
        self._e_seal = e_seal
        self._record = record

    async def show(self, request: Request) -> Response:
        caller = await caller_with(self._guard, request, *ORDER_READERS)
        order_id = request.path_params["order_id"]
        paper = await self._database.read(partial(_paper, caller, order_id))
        page = None if paper is None else self._form(request.path_params["form"], paper)
        if paper is None or page is None:
            raise NotThere
        placed = None
        if self._record is not None:
            what = {"order": order_id, "form": request.path_params["form"]}
            subjects = [paper.order.id_number]
            rests = rests_on(paper.order)
            placed = await self._record.shown(caller, RecordKind.DISCLOSURE, what, subjects, rests)
        return HTMLResponse(page, headers={**HEADERS, **receipt(placed)})

    def _form(self, name: str, paper: Paper) -> Html | None:
        digest = paper.order.document_hash
        seal = self._e_seal.seal(digest) if paper.is_approved and digest is not None else None
        match name:
            case "assistance-notice":
                return assistance_notice(paper, seal)
            case "service-receipt":
                return service_receipt(paper, seal)
            case "control-receipt":
                return control_receipt(paper)
            case _:
                return None


def _paper(caller: Caller, order_id: str, connection: Connection) -> Paper | None:
    order = seen_order(connection, caller, order_id)
    if order is None:
        return None
    raw = any(caller.may(scope) for scope in RAW_NAME_AND_NUMBER)
    return paper_of(connection, order, raw=raw)
