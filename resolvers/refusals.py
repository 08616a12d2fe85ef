"""
What the gateway itself refuses, in words a client can act on.

* Refused                 code, what to do
  + CaseNotFound          no such case among those the caller handles
  + CaseNotOpen           suspended or closed
  + NotAnObligor          the subject is no obligor of the case
  + NotUnderApproval      who approves reads what is up for approval
  + PurposeNotAllowed     the purpose does not permit these fields, or not for this caller
  + FieldNotAllowed       the token lacks a scope
  + NotInTicket           the field does not come with the ticket
  + TicketNotFound        no such ticket of the caller's, or it is over
  + BadInput              an argument that no type can catch
  + TokenOver             the token ended meanwhile
"""

from collections.abc import Iterable
from typing import ClassVar

from auth.answer_tickets import is_ticket


class Refused(Exception):
    """The request, or one field of it, is refused.

    Attributes:
        code: stable word for clients, printed as ``extensions.code``.
        details: further members of ``extensions``; never personal data.
    """

    code: ClassVar[str] = "REFUSED"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = details


class CaseNotFound(Refused):
    code = "CASE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(
            "No such case among those you handle. Check the number, or ask for the case to be "
            "assigned to you. 未找到由您承办的该案件"
        )


class CaseNotOpen(Refused):
    code = "CASE_NOT_OPEN"

    def __init__(self, state: str) -> None:
        super().__init__(
            "The case is not open; nothing may be asked or ordered in it. 案件未处于执行中",
            state=state,
        )


class NotAnObligor(Refused):
    code = "NOT_AN_OBLIGOR"

    def __init__(self) -> None:
        super().__init__(
            "This person is not an obligor of the case (I-07). An added obligor needs a ruling. "
            "该主体不是本案被执行人"
        )


class NotUnderApproval(Refused):
    code = "NOT_UNDER_APPROVAL"

    def __init__(self) -> None:
        super().__init__(
            "You approve in this case, and no order on this asset is submitted to you: you read the "
            "assets of orders under approval. 审批人仅可查看待审批指令所涉财产"
        )


class PurposeNotAllowed(Refused):
    code = "PURPOSE_NOT_ALLOWED"

    def __init__(self, message: str, *, coordinates: Iterable[str] = ()) -> None:
        super().__init__(message, coordinates=sorted(coordinates))


class FieldNotAllowed(Refused):
    code = "UNAUTHORIZED_FIELD_OR_TYPE"

    def __init__(self, coordinate: str, missing: Iterable[str]) -> None:
        missing = sorted(missing)
        super().__init__(
            f"Your token may not have {coordinate}; it lacks {', '.join(missing)}. 无权访问该字段",
            coordinate=coordinate,
            missing=missing,
        )


class NotInTicket(Refused):
    code = "NOT_IN_TICKET"

    def __init__(self, department: str) -> None:
        super().__init__(
            "This field does not come with this ticket, and nobody is asked here: it has a ticket of "
            "its own, or ask for it in a query. 该字段不在此票据范围内",
            department=department,
        )


class TicketNotFound(Refused):
    code = "TICKET_NOT_FOUND"

    def __init__(self, ticket: str) -> None:
        """What has no ticket's form is not said again: it might be anything, and anybody's."""
        super().__init__(
            "No such ticket of yours, or it is over: ask again in a query. 票据不存在或已失效",
            ticket=ticket if is_ticket(ticket) else None,
        )


class BadInput(Refused):
    code = "BAD_USER_INPUT"


class TokenOver(Refused):
    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("Your token has ended; sign in again. 登录已过期，请重新登录")
