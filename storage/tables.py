"""The tables: court-owned records only. No department's asset data is ever stored."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# Instants are ISO 8601 text in UTC with microseconds: they sort, and both engines agree on them.
# Civil dates are ISO 8601 text in Asia/Shanghai. Money is integer fen.
_Instant = String(32)
_Date = String(10)
_RowId = BigInteger().with_variant(Integer, "sqlite")

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
    Column("filed_on", _Date, nullable=False),
    Column("basis_document_number", String(128), nullable=False),
    Column("basis_unit", String(128), nullable=False),
    Column("obligation", Text, nullable=False),
    Column("claim_fen", BigInteger, nullable=False),
    Column("recovered_fen", BigInteger, nullable=False),  # says the register; see recoveries
    Column("recovered_as_of", _Instant),  # until when that sum has everything
    # The parts of the claim, where the register has them; without, claim_fen counts.
    Column("principal_fen", BigInteger),
    Column("agreed_interest_fen", BigInteger),
    Column("costs_fen", BigInteger),
    Column("enforcement_fee_fen", BigInteger),
    Column("perform_by", _Date),
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
    Column("answer_due_at", _Instant),  # DL-33, from the moment it was sent
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("created_at", _Instant, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    Index(None, "case_number", "created_at"),
    Index(None, "id_number"),
)

order_events = Table(
    "order_events",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("order_id", ForeignKey(orders.c.id), nullable=False, index=True),
    Column("case_number", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("remark", Text),
    Index(None, "case_number", "sequence"),
    sqlite_autoincrement=True,
)

# What stands at the departments for our orders, as their receipts said last (domain.md 6.2).
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
    Column("created_at", _Instant, nullable=False),
    Column("changed_at", _Instant, nullable=False),
)

refund_watch_events = Table(
    "refund_watch_events",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("watch_id", ForeignKey(refund_watches.c.id), nullable=False, index=True),
    Column("case_number", String(64), nullable=False),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)
refund_cursors = Table(
    "refund_cursors",
    METADATA,
    Column("department", String(64), primary_key=True),
    Column("cursor", BigInteger, nullable=False),  # of the last event that was heeded
)
holds = Table(
    "holds",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), primary_key=True),
    Column("case_number", String(64), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("rank", Integer),
    Column("need", BigInteger, nullable=False),  # fen or shares
    Column("controlled", BigInteger, nullable=False),
    Column("starts_on", _Date),
    Column("ends_on", _Date),
    Column("warned_days", Integer),  # the last warning: 60, 30, 15, 7
    Column("changed_at", _Instant, nullable=False),
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
    Column("received_at", _Instant, nullable=False),
    PrimaryKeyConstraint("order_id", "receipt_number"),
)

# When a case came to hold more than its claim: the deadline of DL-23 runs from there.
excesses = Table(
    "excesses",
    METADATA,
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("arose_at", _Instant, nullable=False),
    Column("order_id", String(32), nullable=False),  # whose hold is the first to go
    Column("warned_on", _Date),  # the last day on which the clock warned of it
    Column("ended_at", _Instant),
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
    Column("rejection_served_on", _Date),
)

# Where the court's mirror of a hold and the department's own statement differ. A row stands until
# they agree again (gone_at); what a person resolved stays resolved while nothing else differs.
discrepancies = Table(
    "discrepancies",
    METADATA,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("department", String(64), nullable=False),
    Column("delivery_key", String(64), nullable=False),
    Column("order_id", String(32)),
    Column("kind", String(16), nullable=False),  # MISSING, EXTRA, AMOUNT, TERM, RANK, ENDED
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("found_at", _Instant, nullable=False),
    Column("gone_at", _Instant),
    Column("resolved_at", _Instant),
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
    Column("day", _Date, nullable=False),
    Column("at", _Instant, nullable=False),
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
    Column("until", _Instant, nullable=False),
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
    Column("uploaded_at", _Instant, nullable=False, index=True),  # by whoever did so last
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
    Column("at", _Instant, nullable=False),
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
    Column("starts_on", _Date),
    Column("ends_on", _Date),
    Column("prior_holds", JSON, nullable=False),
    Column("handler", String(64)),
    Column("at", _Instant, nullable=False),
    Column("received_at", _Instant, nullable=False),
    PrimaryKeyConstraint("order_id", "number"),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("order_id", ForeignKey(orders.c.id), primary_key=True),
    Column("department", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # DUE, DONE, PARKED
    Column("attempts", Integer, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("lease", String(64)),
    Column("leased_until", _Instant),
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
    Column("at", _Instant, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
)

clients = Table(
    "clients",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("secret_hash", String(256)),
    Column("role", String(64)),
    Column("organisation", String(64), nullable=False),
    Column("grants", JSON, nullable=False),
    Column("redirect_uris", JSON, nullable=False),
    Column("jwks", JSON(none_as_null=True)),
    Column("certificate_thumbprints", JSON(none_as_null=True)),
    Column("certificate_subject", String(512)),
    Column("bound_to", String(8)),
)

users = Table(
    "users",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("role", String(64), nullable=False),
    Column("organisation", String(64), nullable=False),
    Column("credential", String(64)),
)

codes = Table(
    "codes",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("code_challenge", String(128), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("dpop_jkt", String(64)),
    Column("acr", String(64)),
    Column("auth_time", BigInteger),
    Column("nonce", String(255)),
)

# What the processes of the authorization server agree on. Times are epoch seconds.
pushed_requests = Table(
    "pushed_requests",
    METADATA,
    Column("handle_hash", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("sender", String(64)),  # a digest of the address, of who did not prove who it is
    Column("parameters", JSON, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index(None, "expires_at"),
    Index(None, "client_id", "sender"),
)

# What a person allowed a client: refresh tokens belong to one, and end with it.
token_grants = Table(
    "token_grants",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("scope", Text, nullable=False),
    Column("jkt", String(64)),
    Column("opened_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("acr", String(64)),
    Column("auth_time", BigInteger),
    Index(None, "expires_at"),
)

# Used ones stay while their grant lives: who shows one a second time ends the grant.
refresh_tokens = Table(
    "refresh_tokens",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("grant_id", String(64), nullable=False),
    Column("used_at", BigInteger),
    Index(None, "grant_id"),
)

# Proofs, assertions and codes that came: none of them counts a second time.
used_once = Table(
    "used_once",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("until", BigInteger, nullable=False),
    Index(None, "until"),
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

# Tokens revoked before their time, until the last of them would have ended.
denials = Table(
    "denials",
    METADATA,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False),
    Column("value", String(255), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "value"),
    sqlite_autoincrement=True,  # an id that was used again would hide a change from who counts
)

# Who may act in which role, until when, and on which paper. A row is never changed but to end it:
# what was in force on a day can be read from the rows.
grants = Table(
    "grants",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("holder_kind", String(8), nullable=False),
    Column("holder", String(64), nullable=False),
    Column("role", String(64)),
    Column("organisation", String(64), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("purposes", JSON, nullable=False),
    Column("agreement", String(128), nullable=False),
    Column("assessment", String(128), nullable=False),
    Column("granted_at", _Instant, nullable=False),
    Column("granted_by", String(64), nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("ended_at", _Instant),
    Column("ended_by", String(64)),
    Column("ended_why", String(256)),
    Index("ix_grants_holder", "holder_kind", "holder"),
)

# A person's second factor. The secret is sealed; a time step is good once.
second_factors = Table(
    "second_factors",
    METADATA,
    Column("user_id", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("confirmed_at", _Instant),
)

recovery_codes = Table(
    "recovery_codes",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("user_id", String(64), nullable=False, index=True),
)

# One code for each new account, or one whose password or second factor was lost.
activations = Table(
    "activations",
    METADATA,
    Column("user_id", String(64), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("password_hash", String(256)),
)

# Browsers that are signed in, known by the SHA-256 of their cookie; instants in epoch seconds.
sessions = Table(
    "sessions",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("user_id", String(64), nullable=False, index=True),
    Column("acr", String(64), nullable=False),
    Column("auth_time", BigInteger, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column(
        "bearer", JSON(none_as_null=True)
    ),  # what a token that was exchanged said; in the demo alone
)

# Attempts to sign in, by a digest of the name; epoch milliseconds.
attempts = Table(
    "attempts",
    METADATA,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
)

# About whom an officer asked in the last hour, both by digests; epoch seconds.
persons_asked = Table(
    "persons_asked",
    METADATA,
    Column("officer", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
)

# Cases opened by who does not handle them: for minutes, with a reason, reviewed the next day.
break_glass = Table(
    "break_glass",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("case_number", String(64), nullable=False, index=True),
    Column("officer", String(64), nullable=False),
    Column("credential", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("ends_at", _Instant, nullable=False),
    Column("review_due", _Instant, nullable=False),
    Column("reviewed_at", _Instant),
    Column("reviewer", String(64)),
    Column("verdict", String(16)),
    Column("remark", Text),
)

# Steps that were refused (domain.md 6.1): the order did not change, but somebody tried.
refusals = Table(
    "refusals",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("operation", String(64), nullable=False),
    Column("order_id", String(64), index=True),
    Column("actor", String(128), nullable=False),
    Column("code", String(64), nullable=False),
    Column("guard", String(8)),
    Column("rule", Text),
    Column("at", _Instant, nullable=False),
    sqlite_autoincrement=True,
)

# The list of discredited judgment debtors (domain.md 6.3). A place is what the index knows an entry by.
entries = Table(
    "entries",
    METADATA,
    Column("place", _RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("case_number", ForeignKey(cases.c.number), nullable=False, index=True),
    Column("id_number", String(18), nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("state", String(32), nullable=False),
    Column("mode", String(32), nullable=False),  # PUBLIC, NOTIFY_EMPLOYER
    Column("employer", String(128)),
    Column("misconduct", JSON, nullable=False),  # condition to its evidence
    Column("exclusions", JSON, nullable=False),
    Column("performance", String(16), nullable=False),
    Column("associates", JSON, nullable=False),  # who steers a debtor organization
    Column("drafter", String(64), nullable=False),
    Column("second_reader", String(64)),
    Column("signer", String(64)),
    Column("requested_on", _Date),  # by the applicant; null where the court acts by itself
    Column("warned_on", _Date),
    Column("service_proof", Text),
    Column("decision_number", String(128)),
    Column("decided_on", _Date),
    Column("grace_ends_on", _Date),
    Column("term_ends_on", _Date),
    Column("published_at", _Instant),
    Column("exit_cause", String(32)),
    Column("exit_proof", Text),
    Column("exit_found_on", _Date),
    Column("removed_at", _Instant),
    Column("version", Integer, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    Index(None, "state", "term_ends_on"),
    Index(None, "state", "place"),
    Index(None, "name"),
    sqlite_autoincrement=True,
)

entry_events = Table(
    "entry_events",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# What units are told: each time an entry comes, changes or goes.
list_changes = Table(
    "list_changes",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # LISTED, CHANGED, REMOVED
    Column("version", Integer, nullable=False),
    Column("at", _Instant, nullable=False),
    sqlite_autoincrement=True,
)

# Who was told of an entry, and how far: a removal is told to all of them (I-32).
list_receivers = Table(
    "list_receivers",
    METADATA,
    Column("entry_id", ForeignKey(entries.c.id), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_at", _Instant, nullable=False),
    Column("removal_received_at", _Instant),
    PrimaryKeyConstraint("entry_id", "unit"),
)

# How far each unit says it has taken the list over, and how far it was told.
list_cursors = Table(
    "list_cursors",
    METADATA,
    Column("unit", String(64), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False, server_default="0"),
    Column("at", _Instant, nullable=False),
)

hits = Table(
    "hits",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("business_reference", String(128), nullable=False),
    Column("trigger", String(64), nullable=False),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("subject_type", String(32), nullable=False),
    Column("measures", JSON, nullable=False),  # ids
    Column("catalogue_version", String(32), nullable=False),
    Column("confidence", String(32), nullable=False),
    Column("action", String(16), nullable=False),  # hold, flag, task, route
    Column("state", String(32), nullable=False),
    Column("confirmed_by", String(64)),  # the first of two people, where two decide
    Column("decided_by", String(64)),
    Column("decision", Text),  # the reason in words
    Column("effect", Text),
    Column("effect_ends_on", _Date),
    Column("decide_by", _Instant, nullable=False),
    Column("feedback_by", _Date),
    Column("release_by", _Date),
    Column("retained_until", _Date),
    Column("retention_basis", Text),
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("created_at", _Instant, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    Index(None, "unit", "state", "created_at"),
    Index(None, "state", "decide_by"),
)

hit_events = Table(
    "hit_events",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("hit_id", ForeignKey(hits.c.id), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# One call of a unit: whom it asked about is kept as a digest only.
screenings = Table(
    "screenings",
    METADATA,
    Column("unit", String(64), nullable=False),
    Column("business_reference", String(128), nullable=False),
    Column("trigger", String(64), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("list_sequence", BigInteger, nullable=False),
    Column("subjects", Integer, nullable=False),
    Column("hits", Integer, nullable=False),
    Column("receipt", String(64), nullable=False),
    Column("at", _Instant, nullable=False),
    PrimaryKeyConstraint("unit", "business_reference", "trigger"),
)

# Where a unit wants to be called when the list changes, and how far it has been told.
webhooks = Table(
    "webhooks",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("unit", String(64), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("secret", String(128), nullable=False),
    Column("state", String(16), nullable=False),  # ACTIVE, PARKED, ENDED
    Column("told", BigInteger, nullable=False),  # sequence of the last change that was taken
    Column("attempts", Integer, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("lease", String(64)),
    Column("leased_until", _Instant),
    Column("last_error", String(64)),
    Column("created_at", _Instant, nullable=False),
)

# Consumption restriction orders beside the list (domain.md 5.11).
restriction_orders = Table(
    "restriction_orders",
    METADATA,
    Column("number", String(128), primary_key=True),
    Column("case_number", ForeignKey(cases.c.number), nullable=False, index=True),
    Column("id_number", String(18), nullable=False, index=True),
    Column("subjects", JSON, nullable=False),
    Column("issued_on", _Date, nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # IN_FORCE, LIFTED
    Column("releases", JSON, nullable=False),
    Column("lifted_on", _Date),
    Column("lifted_by", String(64)),
    Column("lift_reason", Text),
    Column("changed_at", _Instant, nullable=False),
)

# Requests to correct the list, and what became of them (domain.md 6.4).
list_corrections = Table(
    "list_corrections",
    METADATA,
    Column("place", _RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("asks", String(16), nullable=False),  # WITHDRAW, RECTIFY, REMOVE
    Column("state", String(32), nullable=False, index=True),
    Column("filed_by", String(128), nullable=False),
    Column("on_paper", Boolean, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("filed_on", _Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("judge", String(128)),
    Column("granted", String(16)),
    Column("decision", Text),
    Column("decided_on", _Date),
    Column("served_on", _Date),
    Column("asked_again_on", _Date),
    Column("corrected_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    sqlite_autoincrement=True,
)

list_correction_events = Table(
    "list_correction_events",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("correction_id", ForeignKey(list_corrections.c.id), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# Who signs in as a person about whom there is something to see: bound after a check of identity.
verified_people = Table(
    "verified_people",
    METADATA,
    Column("subject", String(128), primary_key=True),
    Column("id_number", String(18), nullable=False, index=True),
    Column("verified_by", String(128), nullable=False),
    Column("verified_at", _Instant, nullable=False),
)

# Who lets whom see what the court shows of him (domain/delegation.py).
delegations = Table(
    "delegations",
    METADATA,
    Column("place", _RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("giver", String(18), nullable=False, index=True),
    Column("delegate", String(18), nullable=False, index=True),
    Column("parts", JSON, nullable=False),
    Column("starts_on", _Date, nullable=False),
    Column("ends_on", _Date, nullable=False),
    Column("state", String(16), nullable=False),  # GIVEN, REVOKED
    Column("given_by", String(128), nullable=False),
    # Of one that a court registered: the paper, and the case it was handed in for.
    Column("document", String(128)),
    Column("case_number", String(64), index=True),
    Column("created_at", _Instant, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    sqlite_autoincrement=True,
)

delegation_events = Table(
    "delegation_events",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("delegation_id", ForeignKey(delegations.c.id), nullable=False, index=True),
    Column("case_number", String(64)),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# What an obligor did that is a condition of listing, before anybody proposes (CAP-110).
conduct_records = Table(
    "conduct_records",
    METADATA,
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("id_number", String(18), nullable=False),
    Column("misconduct", String(48), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", _Instant, nullable=False),
    PrimaryKeyConstraint("case_number", "id_number", "misconduct"),
)

# Periods of the list that run out or ran out: each level is raised once (CAP-013, CAP-119).
list_reminders = Table(
    "list_reminders",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("target", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("rule", String(32), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("level", String(16), nullable=False),  # REMINDER, OVERDUE, ESCALATED
    Column("due_on", _Date, nullable=False),
    Column("raised_at", _Instant, nullable=False),
    Column("settled_at", _Instant),
    UniqueConstraint("target", "kind", "due_on", "level"),
    Index(None, "unit", "settled_at"),
    sqlite_autoincrement=True,
)

# Why a debtor who might be listed is not: recorded, so that nobody asks again (CAP-110).
exclusions = Table(
    "exclusions",
    METADATA,
    Column("case_number", ForeignKey(cases.c.number), nullable=False),
    Column("id_number", String(18), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("remark", Text, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", _Instant, nullable=False),
    Column("ended_at", _Instant),  # it stands while this is null
    Column("ended_by", String(64)),
    Column("end_reason", Text),
    PrimaryKeyConstraint("case_number", "id_number"),
)

# Changes of the catalogue of measures: proposed by one person, approved by another (CAP-016).
catalogue_changes = Table(
    "catalogue_changes",
    METADATA,
    Column("sequence", _RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("change", JSON, nullable=False),
    Column("basis", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),  # PROPOSED, APPROVED, REJECTED
    Column("version", Integer, unique=True),  # counts what was approved
    Column("proposed_by", String(128), nullable=False),
    Column("proposed_at", _Instant, nullable=False),
    Column("decided_by", String(128)),
    Column("decided_at", _Instant),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# The record (domain/record.py): leaves of a Merkle tree, in their order and without gaps.
record_entries = Table(
    "record_entries",
    METADATA,
    Column("n", _RowId, primary_key=True, autoincrement=False),
    Column("at", _Instant, nullable=False),  # grows with n: found by halving, without an index
    Column("kind", String(24), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("decision", String(64), nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# Who and about whom, sealed: a row can be erased, and the tree still verifies.
record_people = Table(
    "record_people",
    METADATA,
    Column("n", _RowId, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# What an entry is found by: keyed digests, made a moment later from both of its sides and erased with
# the personal one. In the same transaction they would be most of what a commit writes.
record_terms = Table(
    "record_terms",
    METADATA,
    Column("term", LargeBinary, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("term", "n"),
    sqlite_with_rowid=False,
)

# Hashes of complete subtrees of 256, 65,536 … leaves.
record_nodes = Table(
    "record_nodes",
    METADATA,
    Column("height", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("height", "position"),
)

record_checkpoints = Table(
    "record_checkpoints",
    METADATA,
    Column("size", _RowId, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

# Further signatures of a checkpoint: second signers, witnesses; `key` is name and id of the signer's.
record_lines = Table(
    "record_lines",
    METADATA,
    Column("size", BigInteger, nullable=False),
    Column("key", String(160), nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("size", "key"),
)

# When a checkpoint existed, as a time-stamping authority says it (RFC 3161). Its signature does not cover
# every byte of its answer: hence the hash.
record_stamps = Table(
    "record_stamps",
    METADATA,
    Column("size", _RowId, primary_key=True, autoincrement=False),
    Column("at", _Instant, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# How far each table of events is in the record.
record_cursors = Table(
    "record_cursors",
    METADATA,
    Column("source", String(32), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
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
    Column("asked_at", _Instant, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("state", String(16), nullable=False),  # OPEN, ANSWERED, EXPIRED
    Column("answered_at", _Instant),
    Column("answered_by", String(64)),
    Column("answer", JSON(none_as_null=True)),
    Column("valid_until", _Instant),
    Index(None, "unit", "state", "asked_at"),
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
    Column("at", _Instant, nullable=False),
    Column("request", String(64), nullable=False),
    Index(None, "at", "id"),
)
