"""Histories of the list: people and time do what comes to their minds; the invariants hold after each step."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, create_engine, event

from auth.caller import Caller
from domain.civil_time import civil_date
from domain.entry import ENTRY, REMOVED, DisclosureMode, EntryEvent, EntryState, is_public
from domain.entry_guards import is_minor
from domain.guard_refused import GuardRefused
from domain.hit import HIT, IN_EFFECT, OPEN, HitEvent, HitState
from domain.hold_term import add_months
from domain.identity import IdNumber
from domain.misconduct import Exclusion, ExitCause, Misconduct, Performance
from domain.state_table import StepRefused
from gateway.public.published import by_case
from resolvers import entry_proposals, entry_publication, hit_steps
from resolvers.entry_proposals import Proposal
from resolvers.entry_steps import Attempt
from resolvers.list_timekeeping import close_entries, end_retentions, end_terms, flag_late_hits
from resolvers.order_events import OrderEvents
from resolvers.order_steps import Idempotency, Step
from resolvers.refusals import Refused
from resolvers.screening import Screener
from resolvers.screening_verdict import Subject
from resolvers.watched_list import WatchedList
from storage.cases import AssignedOfficer, CaseRecord, Officer, Party, keep_cases, keep_officers
from storage.database import Database
from storage.entries import EntryRecord, entries_page, events_of_entry
from storage.hits import HitRecord, events_of_hit, hits_of_entry
from storage.list_changes import changes_after
from storage.tables import METADATA
from tests.domain.people import FIRM, MAN, WOMAN, resident
from tests.resolvers.order_world import CASE, blank_case

T = TypeVar("T")
CHILD: Final = resident(datetime(2015, 1, 1, tzinfo=UTC).date(), 1)
DEBTORS: Final = {MAN: "陈一", WOMAN: "王二", FIRM: "示例有限公司", CHILD: "小三"}
UNITS: Final = {"tourism": "consumption.lodging", "drc": "approval.bondIssue"}
WHO: Final = {
    "executor": "executor-1",
    "other": "executor-2",
    "officer": "list-officer-1",
    "president": "president-1",
    "judge": "objection-judge-1",
}
TEXTS: Final = st.sampled_from(["依据充分", "", "决1号"])
KEY: Final = b"k" * 32


class Inline(Database):
    """One connection in memory: everything at once, one transaction a step."""

    def __init__(self) -> None:
        engine = create_engine("sqlite://")

        @event.listens_for(engine, "connect")
        def _connected(connection: Any, _: object) -> None:
            connection.isolation_level = None

        self.connection = engine.connect()
        METADATA.create_all(self.connection)
        self.connection.commit()

    async def read(self, work: Callable[[Connection], T]) -> T:
        return work(self.connection)

    async def read_aside(self, work: Callable[[Connection], T]) -> T:
        return work(self.connection)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return self.step(work)

    def step(self, work: Callable[[Connection], T]) -> T:
        nested = self.connection.begin_nested()
        try:
            done = work(self.connection)
        except BaseException:
            nested.rollback()
            raise
        nested.commit()
        return done

    async def close(self) -> None:
        self.connection.close()


class ListHistories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = Inline()
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.keys = 0
        self.watched = WatchedList(self.database, OrderEvents(self.database), KEY)
        self.screener = Screener(self.database, self.watched, KEY)

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    @initialize()
    def fill(self) -> None:
        officers = [
            Officer(id=one, name=one, credential=one, role="court-executor") for one in WHO.values()
        ]
        case: CaseRecord = blank_case(
            obligors=tuple(
                Party(id_number=number, name=name, kind="NATURAL_PERSON")
                for number, name in DEBTORS.items()
            ),
            officers=(AssignedOfficer(officer=officers[0], capacity="HANDLER"),),
        )
        self.database.step(lambda c: keep_officers(c, officers))
        self.database.step(lambda c: keep_cases(c, [case]))
        self.runner.run(self.watched.open())

    def attempt(self, who: str, work: Callable[[Attempt], object]) -> None:
        """Let *who* try; a refusal changes nothing, which `step` sees to."""
        self.keys += 1
        subject = WHO.get(who, f"clerk-{who}")
        caller = Caller(
            subject=subject,
            organisation="court" if who in WHO else who,
            role="r",
            client_id="c",
            scopes=frozenset(),
            token_id="t",
            expires_at=2**40,
        )
        step = Step(caller=caller, now=self.now, request_id="r")
        key = Idempotency(actor=subject, key=f"k{self.keys}")
        try:
            self.database.step(lambda c: work(Attempt(c, step, key)))
            before = self.everything()
            self.database.step(lambda c: work(Attempt(c, step, key)))
            assert self.everything() == before, "I-51"
        except (GuardRefused, StepRefused, Refused):
            pass
        self.runner.run(self.watched.follow())

    def everything(self) -> tuple[list[EntryRecord], list[HitRecord], int]:
        changes = changes_after(self.database.connection, 0, most=500)
        return self.entries(), self.hits(), len(changes)

    def entries(self) -> list[EntryRecord]:
        return entries_page(self.database.connection, first=100)

    def hits(self) -> list[HitRecord]:
        return [
            hit
            for entry in self.entries()
            for hit in hits_of_entry(self.database.connection, entry.id)
        ]

    @rule(
        number=st.sampled_from(list(DEBTORS)),
        kinds=st.sets(st.sampled_from(list(Misconduct)), max_size=2),
        evidence=st.sampled_from(["见笔录", "见笔录", "见笔录", ""]),
        mode=st.sampled_from(list(DisclosureMode)),
        who=st.sampled_from(["executor", "executor", "other"]),
    )
    def propose(
        self, number: IdNumber, kinds: set[Misconduct], evidence: str, mode: Any, who: str
    ) -> None:
        public = mode is DisclosureMode.PUBLIC
        proposal = Proposal(
            case_number=CASE,
            id_number=number,
            misconduct=dict.fromkeys(sorted(kinds, key=lambda one: one.value), evidence),
            performance=Performance.NONE,
            mode=mode,
            employer=None if public else "某单位",
            associates=(),
        )
        self.attempt(who, partial(entry_proposals.propose, proposal))

    @rule(data=st.data(), who=st.sampled_from(list(WHO)), text=TEXTS)
    def step_on_an_entry(self, data: st.DataObject, who: str, text: str) -> None:
        entries = self.entries()
        if not entries:
            return
        id_ = data.draw(st.sampled_from([one.id for one in entries]))
        today = civil_date(self.now)
        steps: list[Callable[[Attempt], object]] = [
            partial(entry_proposals.warn, id_, today, text),
            partial(entry_proposals.warn, id_, today, "送达回证"),
            partial(entry_proposals.drop, id_, Exclusion.OTHER, text),
            partial(entry_proposals.submit, id_),
            partial(entry_proposals.sign, id_, text, f"限{self.keys}号"),
            partial(entry_proposals.sign, id_, "决1号", f"限{self.keys}号"),
            partial(entry_proposals.refuse, id_, text),
            partial(entry_proposals.grant_grace, id_, data.draw(st.integers(0, 4))),
            partial(entry_publication.publish, id_),
            partial(entry_publication.publish, id_),
            partial(
                entry_publication.rectify,
                id_,
                entry_publication.Content(
                    performance=Performance.PARTIAL,
                    misconduct=dict.fromkeys(
                        sorted(
                            data.draw(st.sets(st.sampled_from(list(Misconduct)), max_size=2)),
                            key=lambda one: one.value,
                        ),
                        "见笔录",
                    ),
                ),
                text,
            ),
            partial(entry_publication.answer_notice, id_, text),
            partial(entry_publication.extend, id_, data.draw(st.integers(0, 4)), text),
            partial(entry_publication.find_exit_cause, id_, ExitCause.PERFORMED, text),
            partial(entry_publication.shield, id_),
            partial(entry_publication.withdraw, id_, text),
        ]
        self.attempt(who, data.draw(st.sampled_from(steps)))

    @rule(number=st.sampled_from(list(DEBTORS)), mode=st.sampled_from(list(DisclosureMode)))
    def list_somebody(self, number: IdNumber, mode: DisclosureMode) -> None:
        """The straight way, so that histories come to their end."""
        self.propose(number, {Misconduct.REFUSES_SETTLEMENT}, "见笔录", mode, "executor")
        for entry in self.entries():
            today = civil_date(self.now)
            self.attempt("executor", partial(entry_proposals.warn, entry.id, today, "送达回证"))
            self.attempt("officer", partial(entry_proposals.submit, entry.id))
            sign = partial(entry_proposals.sign, entry.id, "决1号", f"限{self.keys}号")
            self.attempt("president", sign)
            self.attempt("officer", partial(entry_publication.publish, entry.id))

    @rule(
        number=st.sampled_from(list(DEBTORS)),
        unit=st.sampled_from(list(UNITS)),
        name=st.sampled_from(["", "另名"]),
    )
    def screen(self, number: IdNumber, unit: str, name: str) -> None:
        self.keys += 1
        subject = Subject(number, name or DEBTORS[number])
        caller = Caller(
            subject="s",
            organisation=unit,
            role="r",
            client_id="c",
            scopes=frozenset(),
            token_id="t",
            expires_at=2**40,
        )

        def ask() -> Any:
            asked = self.screener.screen(caller, [subject], UNITS[unit], f"b{self.keys}", self.now)
            return self.runner.run(asked)

        first, again = ask(), ask()
        assert first == again, "I-37"
        [result] = first.results
        if result.action is not None and result.action.value == "hold":
            assert not name, "I-34: only number and name together hold"

    @rule(data=st.data(), text=TEXTS)
    def step_on_a_hit(self, data: st.DataObject, text: str) -> None:
        hits = self.hits()
        if not hits:
            return
        hit = data.draw(st.sampled_from(hits))
        until = civil_date(self.now) + timedelta(days=data.draw(st.integers(-1, 20)))
        steps: list[Callable[[Attempt], object]] = [
            partial(hit_steps.verify, hit.id, text, same=True),
            partial(hit_steps.confirm, self.watched.versions, hit.id, "不予办理", None, text),
            partial(hit_steps.confirm, self.watched.versions, hit.id, "不予办理", None, "身份一致"),
            partial(hit_steps.dismiss, hit.id, text),
            partial(hit_steps.feed_back, hit.id, text),
            partial(hit_steps.release, hit.id, text),
            partial(hit_steps.retain, hit.id, text, until),
        ]
        unit = data.draw(st.sampled_from([hit.unit, hit.unit, "commerce"]))
        self.attempt(unit, data.draw(st.sampled_from(steps)))

    @rule(days=st.sampled_from([0, 1, 5, 30, 400]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, hours=1)
        for work in (end_terms, end_retentions, flag_late_hits):
            self.database.step(partial(work, now=self.now))
        self.database.step(partial(close_entries, now=self.now, after=0))
        self.runner.run(self.watched.follow())

    @invariant()
    def nobody_under_age_is_listed(self) -> None:
        """I-30."""
        for entry in self.entries():
            if entry.decided_on is not None:
                assert not is_minor(entry.id_number, entry.decided_on)

    @invariant()
    def what_is_published_was_warned_of_and_signed(self) -> None:
        """I-31, I-38."""
        for entry in self.entries():
            state = EntryState(entry.state)
            if state is EntryState.PUBLISHED:
                assert entry.mode == DisclosureMode.PUBLIC.value
            if entry.published_at is None:
                continue
            assert entry.decided_on is not None
            assert entry.warned_on is not None
            assert entry.warned_on <= entry.decided_on
            assert entry.signer not in {None, entry.drafter, entry.second_reader}
            assert entry.misconduct
            if entry.term_ends_on is not None:
                first = add_months(entry.decided_on, 24) - timedelta(days=1)
                assert first <= entry.term_ends_on < add_months(entry.decided_on, 60)

    @invariant()
    def what_is_removed_is_gone_everywhere(self) -> None:
        """I-32."""
        connection = self.database.connection
        shown = {one.entry_id for one in by_case(connection, CASE)}
        last = {one.entry_id: one.kind for one in changes_after(connection, 0, most=500)}
        for entry in self.entries():
            state = EntryState(entry.state)
            public = is_public(state, DisclosureMode(entry.mode))
            assert (entry.id in shown) == public
            if state in REMOVED:
                assert last[entry.id] == "REMOVED"
            else:
                assert last.get(entry.id) != "REMOVED"

    @invariant()
    def every_effect_of_a_removed_entry_ends(self) -> None:
        """I-33, I-34."""
        for entry in self.entries():
            for hit in hits_of_entry(self.database.connection, entry.id):
                state = HitState(hit.state)
                if EntryState(entry.state) in REMOVED:
                    assert state not in {*OPEN, HitState.APPLIED, HitState.FED_BACK}
                if entry.state == EntryState.CLOSED.value:
                    assert state not in IN_EFFECT
                if state is HitState.RETAINED:
                    assert hit.retention_basis
                    assert hit.retained_until is not None
                if state is HitState.INTERCEPTED:
                    assert (hit.confidence, hit.action) == ("EXACT_ID", "hold")

    @invariant()
    def every_history_leads_to_its_state(self) -> None:
        connection = self.database.connection
        for entry in self.entries():
            state = None
            for one in events_of_entry(connection, entry.id):
                state = ENTRY.next(state, EntryEvent(one.event))
            assert state is EntryState(entry.state)
        for hit in self.hits():
            at = None
            for told in events_of_hit(connection, hit.id):
                at = HIT.next(at, HitEvent(told.event))
            assert at is HitState(hit.state)
