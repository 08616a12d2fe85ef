"""Beginning with an activation code, and another password: forms without script."""

from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import Response

from auth.enrolment import CannotBegin
from auth.login import TooManyAttempts
from auth.login_page import (
    CANNOT_BEGIN,
    NOT_PROVEN,
    STALE,
    TOO_OFTEN,
    WEAK,
    WRONG,
    activation_page,
    enrolment_page,
    password_page,
    recovery_page,
)
from gateway.session_pages import SessionPages, to_sign_in, unrecorded
from gateway.sessions import Session


class EnrolmentPages(SessionPages):
    async def show_password(self, request: Request) -> Response:
        session = await self.session_of_form(request)
        if session is None:
            return to_sign_in()
        return self._password_page(request, session)

    async def change_password(self, request: Request) -> Response:
        session = await self.session_of_form(request)
        if session is None:
            return to_sign_in()
        form = await self.form(request, b"password " + session.record.id.encode())
        if form is None:
            return self._password_page(request, session, problem=STALE, status=400)
        name, password, new = session.record.user_id, form.get("password", ""), form.get("new", "")
        try:
            user = await self.in_thread(lambda: self.parts.issuer.login.user(name, password, form))
            if user is not None:
                await self.in_thread(lambda: self.parts.enrolment.change(name, new))
            problem, outcome = WRONG, "REFUSED" if user is None else "PASSWORD_CHANGED"
        except TooManyAttempts:
            user, problem, outcome = None, TOO_OFTEN, "THROTTLED"
        except CannotBegin:
            user, problem, outcome = None, WEAK, "WEAK_PASSWORD"
        if not await self.parts.heard("LOGIN", outcome, name):
            return unrecorded()
        if user is None:
            return self._password_page(request, session, problem=problem, status=400)
        return to_sign_in()  # every session has ended

    def _password_page(self, request: Request, session: Session, **blanks: Any) -> Response:
        cookie, ticket = self.ticket(request, b"password " + session.record.id.encode())
        page = password_page(user=session.record.user_id, ticket=ticket, **blanks)
        return self.with_form_cookie(page, cookie)

    async def show_activate(self, request: Request) -> Response:
        return self._activation_page(request)

    async def activate(self, request: Request) -> Response:
        form = await self.form(request, b"activate")
        if form is None:
            return self._activation_page(request, problem=STALE, status=400)
        user, activation = form.get("username", ""), form.get("activation", "")
        try:
            if "code" in form:
                codes = await self.in_thread(
                    lambda: self.parts.enrolment.confirm(user, activation, form["code"])
                )
                if not await self.parts.heard("LOGIN", "ENROLLED", user):
                    return unrecorded()
                return recovery_page(codes)
            password = form.get("password", "")
            proposed = await self.in_thread(
                lambda: self.parts.enrolment.propose(user, activation, password)
            )
        except CannotBegin as refused:
            await self.parts.heard("LOGIN", "NOT_ENROLLED", user)
            problem = WEAK if refused.weak else NOT_PROVEN if "code" in form else CANNOT_BEGIN
            return self._activation_page(request, problem=problem, status=400)
        cookie, ticket = self.ticket(request, b"activate")
        page = enrolment_page(
            user=user,
            activation=activation,
            ticket=ticket,
            secret=proposed.secret,
            picture=segno.make(proposed.uri, error="m").svg_inline(omitsize=True),
        )
        return self.with_form_cookie(page, cookie)

    def _activation_page(self, request: Request, **blanks: Any) -> Response:
        cookie, ticket = self.ticket(request, b"activate")
        return self.with_form_cookie(activation_page(ticket=ticket, **blanks), cookie)
