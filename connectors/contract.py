"""
The contract suite: does a live department keep what its page promises?

Asks as the gateway would, under a test authority, and says of each promise whether it was kept. It
changes nothing at the department unless it is given an asset to place a hold on, which it lifts.

Source:
    docs/departments/README.md; docs/departments/kit.md
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.contract_orders import OrderTrial, order_promises
from connectors.contract_trial import Finding, QuestionTrial, questions_of, verdict_of
from connectors.errors import DepartmentError
from connectors.question import Authority, Projection
from domain.identity import IdNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a department is examined with.

    Attributes:
        subjects: numbers that its register knows, best with records; three or more show more.
        order: an asset a hold may be placed on and lifted; None to leave orders alone.
        opening: how its connector is opened where that takes more than an address: a department of
            people needs to know where they type. None for `Connector.open`.
    """

    connector: type[Connector]
    address: DepartmentAddress
    authority: Authority
    subjects: Sequence[IdNumber]
    order: OrderTrial | None = None
    opening: Callable[[DepartmentAddress], Connector] | None = None

    async def findings(self) -> list[Finding]:
        """Examine every question, the door, and orders where an asset was given."""
        found = [self._transport()]
        connector = self._opened(self.address)
        try:
            for question in questions_of(self.connector):
                trial = QuestionTrial(
                    connector, question, self.address, self._opened, self.authority, self.subjects
                )
                found += [await trial.of(name) for name in trial.promises]
            if self.order is not None and self.connector.carries:
                told = await order_promises(connector, self.order, self.authority)
                found += [
                    Finding(question="", promise=name, verdict=verdict_of(kept), seen=seen)
                    for name, kept, seen in told
                ]
            elif self.connector.carries:
                found.append(
                    Finding(
                        question="",
                        promise="orders",
                        verdict="NOT_TRIED",
                        seen="no asset was given to place a hold on",
                    )
                )
        finally:
            await connector.aclose()
        found.append(await self._stranger())
        return found

    def _opened(self, address: DepartmentAddress) -> Connector:
        return (self.opening or self.connector.open)(address)

    def _transport(self) -> Finding:
        scheme = self.address.url.partition(":")[0]
        seen = {
            "https": "TLS, certificate checked",
            "http": "plain HTTP: for loopback alone",
            "": "it has no wire: people type, through the gateway's own door",
        }
        kept = scheme == "https" or scheme not in seen
        return Finding(
            question="",
            promise="tls",
            verdict="KEPT" if kept else "NOT_TRIED",
            seen=seen.get(scheme, "the database's own transport"),
        )

    async def _stranger(self) -> Finding:
        """Come without the right key: nobody may be told anything."""
        if not self.address.secret:
            return Finding(
                question="", promise="credentials", verdict="NOT_TRIED", seen="it asks for none"
            )
        question = questions_of(self.connector)[0]
        connector = self._opened(replace(self.address, secret="wrong"))  # noqa: S106
        try:
            ask = question.__get__(connector, type(connector))
            await ask(self.subjects[:1], Projection(question.attributes), self.authority)
        except DepartmentError as error:
            return Finding(
                question="", promise="credentials", verdict="KEPT", seen=f"refused: {error.code}"
            )
        finally:
            await connector.aclose()
        return Finding(
            question="", promise="credentials", verdict="BROKEN", seen="answered a wrong key"
        )
