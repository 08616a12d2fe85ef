"""Control orders: their events, holds, papers, deliveries, watches, and what departments state."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
)

from storage.tables.cases import cases
from storage.tables.columns import METADATA, Date, Instant, RowId

orders = Table(
    "orders",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("state", String(32), nullable=False),
    Column("action", String(32), nullable=False),
    Column("asset_kind", String(32), nullable=False),
    Column("department", String(64), nullable=False),
    Column("id_number", String(18), nullable=False),
    Column("subject_name", String(128), nullable=False),
    Column("record", String(64)),
    Column("refund_id", String(64)),  # of a tax refund whose account is `record`: its own number
    Column("amount_fen", BigInteger),
    Column("quantity", BigInteger),
    Column("months", Integer, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("ruling_number", String(128)),
    Column("notice_number", String(128)),
    Column("officers", JSON, nullable=False),  # credential numbers
    Column("drafter", String(64), nullable=False),
    Column("approver", String(64)),
    Column("document_hash", String(64)),
    Column("delivery_key", String(64), nullable=False, unique=True),
    # The order whose hold this one renews, lifts or deducts from.
    Column("hold_order", String(32), index=True),
    Column("gates", JSON, nullable=False, server_default="[]"),  # found met by a human (G10)
    Column("floor_fen", BigInteger),  # what a deduction leaves for living (G7)
    Column("route", String(32)),  # of an order on a tax refund (G10)
    Column("answer_due_at", Instant),  # DL-33, from the moment it was sent
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "case_number", "created_at"),
    Index(None, "id_number"),
)

order_events = Table(
    "order_events",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("order_id", ForeignKey(orders.c.id), nullable=False, index=True),
    Column("case_number", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("remark", Text),
    Index(None, "case_number", "sequence"),
    sqlite_autoincrement=True,
)

# Refunds that are watched until they are approved, and what became of each (ADR 0054, 0060).
refund_watches = Table(
    "refund_watches",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("case_number", ForeignKey(cases.c.number), nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("asset_kind", String(32), nullable=False),
    Column("record", String(64), nullable=False),  # the bureau's own number of the refund
    Column("id_number", String(18), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("draft", JSON, nullable=False),  # of the freeze, once the refund is approved
    Column("status", String(32)),  # the last that the bureau told
    Column("guard", String(8)),  # which guard held the draft back
    Column("order_id", String(32)),  # what it became
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

refund_watch_events = Table(
    "refund_watch_events",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("watch_id", ForeignKey(refund_watches.c.id), nullable=False, index=True),
    Column("case_number", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# Up to where each bureau's events were heeded.
refund_cursors = Table(
    "refund_cursors",
    METADATA,
    Column("department", String(64), primary_key=True),
    Column("cursor", BigInteger, nullable=False),  # of the last event that was heeded
)

# What stands at the departments for our orders, as their receipts said last (domain.md 6.2).
holds = Table(
    "holds",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), primary_key=True),
    Column("case_number", String(64), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("rank", Integer),
    Column("need", BigInteger, nullable=False),  # fen or shares
    Column("controlled", BigInteger, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("warned_days", Integer),  # the last warning: 60, 30, 15, 7
    Column("changed_at", Instant, nullable=False),
    Index(None, "state", "ends_on"),
)

# What deductions brought in, receipt by receipt: ours, beside what the register says.
recoveries = Table(
    "recoveries",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), nullable=False),
    Column("receipt_number", String(64), nullable=False),
    Column("case_number", String(64), nullable=False, index=True),
    Column("fen", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    PrimaryKeyConstraint("order_id", "receipt_number"),
)

# Where the court's mirror of a hold and the department's own statement differ. A row stands until
# they agree again (gone_at); what a person resolved stays resolved while nothing else differs.
discrepancies = Table(
    "discrepancies",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("department", String(64), nullable=False),
    Column("delivery_key", String(64), nullable=False),
    Column("order_id", String(32)),
    Column("kind", String(16), nullable=False),  # MISSING, EXTRA, AMOUNT, TERM, RANK, ENDED
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("resolved_at", Instant),
    Column("resolved_by", String(64)),
    Column("remark", Text),
    Index(None, "department", "gone_at"),
    Index(None, "order_id", "gone_at"),
    sqlite_autoincrement=True,
)

# The last comparison of each day with each department.
reconciliations = Table(
    "reconciliations",
    METADATA,
    Column("department", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("compared", Integer, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("differing", Integer, nullable=False),
    PrimaryKeyConstraint("department", "day"),
)

# Work that one gateway does for all of them.
duties = Table(
    "duties",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)

# Files that people uploaded, once each, named by what is in them.
documents = Table(
    "documents",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),  # bytes
    Column("media_type", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_by", String(64), nullable=False),
    Column("uploaded_at", Instant, nullable=False, index=True),  # by whoever did so last
)

# Which of them are papers of which order (domain.md 5.8).
order_documents = Table(
    "order_documents",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), nullable=False),
    Column("kind", String(16), nullable=False),  # RULING, NOTICE, SERVICE_RECEIPT
    Column("sha256", ForeignKey(documents.c.sha256), nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("attached_by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("order_id", "kind", "sha256"),
)

receipts = Table(
    "receipts",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), nullable=False),
    Column("number", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("controlled", BigInteger, nullable=False),
    Column("reason", String(32)),
    Column("rank", Integer),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("prior_holds", JSON, nullable=False),
    Column("handler", String(64)),
    Column("at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    PrimaryKeyConstraint("order_id", "number"),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), primary_key=True),
    Column("department", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # DUE, DONE, PARKED
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease", String(64)),
    Column("leased_until", Instant),
    Column("last_error", String(64)),  # a stable code, never a department's words
    Index(None, "state", "due_at"),
)

requests = Table(
    "requests",
    METADATA,
    Column("actor", String(160), nullable=False),
    Column("key", String(128), nullable=False),
    Column("operation", String(32), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("order_id", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
)

# Whom a department answers later about, sealed with the ticket that collects the answer; no answer.
pending_answers = Table(
    "pending_answers",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "until"),
)

# Steps that were refused (domain.md 6.1): the order did not change, but somebody tried.
refusals = Table(
    "refusals",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("operation", String(64), nullable=False),
    Column("order_id", String(64), index=True),
    Column("actor", String(128), nullable=False),
    Column("code", String(64), nullable=False),
    Column("guard", String(8)),
    Column("rule", Text),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# What people of a unit are asked to type in, and what they typed: erased when it may not be shown any
# more. `key` says who asks whom what about whom; `open_key` is the same while it is open: one at a time.
typed_requests = Table(
    "typed_requests",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("key", String(64), nullable=False, index=True),
    Column("open_key", String(64), unique=True),
    Column("unit", String(64), nullable=False),
    Column("stem", String(64), nullable=False),
    Column("question", String(64), nullable=False),
    Column("case_number", String(64), nullable=False),
    Column("organisation", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("id_number", String(18), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),  # OPEN, ANSWERED, EXPIRED
    Column("answered_at", Instant),
    Column("answered_by", String(64)),
    Column("answer", JSON(none_as_null=True)),
    Column("valid_until", Instant),
    Index(None, "unit", "state", "asked_at"),
)
