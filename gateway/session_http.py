"""
Signing in to the gateway's own pages: forms without script, and a little JSON for the page.

    GET, POST /session/sign-in     name, password, code: a cookie, and back to GraphiQL
    GET, POST /session/step-up     the code again: raw identifiers and approvals for five minutes
    GET, POST /session/password    another password; every session ends
    GET, POST /session/activate    an activation code for a password and a second factor
    GET       /session             who is signed in here
    GET       /session/list        where else; POST /session/end ends one of them, or this one
    POST      /session/token       in the demo: a token, handed in for a session

Forms carry a ticket bound to a cookie of their own; whatever a script sends carries `sessions.HEADER`.
"""

from starlette.routing import Route

from gateway.session_api import SessionApi
from gateway.session_enrolment import EnrolmentPages
from gateway.session_pages import SessionParts
from gateway.session_sign_in import SignInPages


def session_routes(parts: SessionParts) -> list[Route]:
    """Return the routes under /session."""
    pages, enrolment, script = SignInPages(parts), EnrolmentPages(parts), SessionApi(parts)
    routes = [
        Route("/session", script.who),
        Route("/session/sign-in", pages.show_sign_in, methods=["GET"]),
        Route("/session/sign-in", pages.sign_in, methods=["POST"]),
        Route("/session/step-up", pages.show_step_up, methods=["GET"]),
        Route("/session/step-up", pages.step_up, methods=["POST"]),
        Route("/session/password", enrolment.show_password, methods=["GET"]),
        Route("/session/password", enrolment.change_password, methods=["POST"]),
        Route("/session/activate", enrolment.show_activate, methods=["GET"]),
        Route("/session/activate", enrolment.activate, methods=["POST"]),
        Route("/session/list", script.listed, methods=["GET"]),
        Route("/session/end", script.end, methods=["POST"]),
    ]
    if parts.guard is not None:
        routes.append(Route("/session/token", script.hand_in, methods=["POST"]))
    return routes
