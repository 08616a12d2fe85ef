"""``GET /list/entries/{id}/forms/{form}``: a form of a listing for who works on it."""

from functools import partial
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from auth.caller import Caller
from auth.guard import Guard
from domain.purpose import Purpose
from domain.record import RecordKind
from gateway.forms.entry_forms import ENTRY_FORMS, EntryPaper
from gateway.forms.routes import HEADERS
from gateway.plain_http import NotThere, caller_with, refusing
from gateway.plain_record import PlainRecord, Rests, receipt
from storage.cases import cases_of_officer, find_case
from storage.database import Database
from storage.entries import find_entry

_PRINTERS: Final = ("list:propose", "list:publish", "list:decide")
_ALL: Final = frozenset({"list:publish", "list:decide"})


def entry_form_routes(
    database: Database, guard: Guard, record: PlainRecord | None = None
) -> list[Route]:
    """Return the route; what is shown is recorded in *record*."""

    async def show(request: Request) -> Response:
        caller = await caller_with(guard, request, *_PRINTERS)
        made = ENTRY_FORMS.get(request.path_params["form"])
        paper = await database.read(partial(_paper, caller, request.path_params["entry_id"]))
        page = None if made is None or paper is None else made(paper)
        if paper is None or page is None:
            raise NotThere
        placed = None
        if record is not None:
            what = {"entry": paper.entry.id, "form": request.path_params["form"]}
            subjects, rests = [paper.entry.id_number], _rests_on(paper)
            placed = await record.shown(caller, RecordKind.DISCLOSURE, what, subjects, rests)
        return HTMLResponse(page, headers={**HEADERS, **receipt(placed)})

    path = "/list/entries/{entry_id}/forms/{form}"
    return [Route(path, refusing(show, record), methods=["GET"])]


def _rests_on(paper: EntryPaper) -> Rests:
    """Return what showing a form rests on: the decision, or before it the document that is enforced."""
    document = paper.entry.decision_number or paper.case.basis_document_number
    return Rests(
        purpose=Purpose.LIST_DECISION, cases=[paper.entry.case_number], documents=[document]
    )


def _paper(caller: Caller, entry_id: str, connection: Connection) -> EntryPaper | None:
    """Return an entry of the caller's cases, or any for who works on the list itself."""
    entry = find_entry(connection, entry_id)
    if entry is None or caller.organisation != "court":
        return None
    sees_all = bool(_ALL & caller.scopes)
    if not sees_all and entry.case_number not in cases_of_officer(connection, caller.subject):
        return None
    case = find_case(connection, entry.case_number)
    return None if case is None else EntryPaper(entry, case)
