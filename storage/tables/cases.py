"""Court cases: officers, cases, parties, and what their claims and people go through."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
)

from storage.tables.columns import METADATA, Date, Instant, RowId

officers = Table(
    "officers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("credential", String(64), nullable=False, unique=True),
    Column("role", String(64), nullable=False),
)

cases = Table(
    "cases",
    METADATA,
    Column("number", String(64), primary_key=True),
    Column("court_name", String(128), nullable=False),
    Column("court_code", String(32), nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("basis_document_number", String(128), nullable=False),
    Column("basis_unit", String(128), nullable=False),
    Column("obligation", Text, nullable=False),
    Column("claim_fen", BigInteger, nullable=False),
    Column("recovered_fen", BigInteger, nullable=False),  # says the register; see recoveries
    Column("recovered_as_of", Instant),  # until when that sum has everything
    # The parts of the claim, where the register has them; without, claim_fen counts.
    Column("principal_fen", BigInteger),
    Column("agreed_interest_fen", BigInteger),
    Column("costs_fen", BigInteger),
    Column("enforcement_fee_fen", BigInteger),
    Column("perform_by", Date),
    Column("state", String(32), nullable=False),
)

parties = Table(
    "parties",
    METADATA,
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("capacity", String(16), nullable=False),  # OBLIGOR, APPLICANT
    Column("position", Integer, nullable=False),
    Column("id_number", String(18), nullable=False),
    Column("name", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("bankrupt", Boolean, nullable=False, server_default=false()),  # accepted by a court
    PrimaryKeyConstraint("case_number", "capacity", "position"),
)

case_officers = Table(
    "case_officers",
    METADATA,
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("officer_id", ForeignKey(officers.c.id), nullable=False),
    Column("capacity", String(16), nullable=False),  # HANDLER, APPROVER
    PrimaryKeyConstraint("case_number", "officer_id", "capacity"),
)

# When a case came to hold more than its claim: the deadline of DL-23 runs from there.
excesses = Table(
    "excesses",
    METADATA,
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("arose_at", Instant, nullable=False),
    Column("order_id", String(32), nullable=False),  # whose hold is the first to go
    Column("warned_on", Date),  # the last day on which the clock warned of it
    Column("ended_at", Instant),
    PrimaryKeyConstraint("case_number", "arose_at"),
    Index(None, "ended_at"),
)

# Third parties' objections to the control of an asset (domain.md 6.4), as the court's register has them.
objections = Table(
    "objections",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("case_number", String(64), nullable=False, index=True),
    Column("record", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("rejection_served_on", Date),
)

# Cases opened by who does not handle them: for minutes, with a reason, reviewed the next day.
break_glass = Table(
    "break_glass",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("case_number", String(64), nullable=False, index=True),
    Column("officer", String(64), nullable=False),
    Column("credential", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("review_due", Instant, nullable=False),
    Column("reviewed_at", Instant),
    Column("reviewer", String(64)),
    Column("verdict", String(16)),
    Column("remark", Text),
)

# Who looked at people behind a debtor: for the supervisor. Whom and why is in the record alone.
affiliate_looks = Table(
    "affiliate_looks",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("case_number", String(64), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("family_reason", String(32)),
    Column("at", Instant, nullable=False),
    Column("request", String(64), nullable=False),
    Index(None, "at", "id"),
)
