"""The list of discredited debtors: entries, who is told, hits, corrections, restrictions, the catalogue."""

from sqlalchemy import (
    JSON,
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
    UniqueConstraint,
    false,
)

from storage.tables.cases import cases
from storage.tables.columns import METADATA, Date, Instant, RowId

# The list of discredited judgment debtors (domain.md 6.3). A place is what the index knows an entry by.
entries = Table(
    "entries",
    METADATA,
    Column("place", RowId, primary_key=True, autoincrement=True),
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
    Column("requested_on", Date),  # by the applicant; null where the court acts by itself
    Column("warned_on", Date),
    Column("service_proof", Text),
    Column("decision_number", String(128)),
    Column("decided_on", Date),
    Column("grace_ends_on", Date),
    Column("term_ends_on", Date),
    Column("published_at", Instant),
    Column("exit_cause", String(32)),
    Column("exit_proof", Text),
    Column("exit_found_on", Date),
    Column("removed_at", Instant),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "state", "term_ends_on"),
    Index(None, "state", "place"),
    Index(None, "name"),
    sqlite_autoincrement=True,
)

entry_events = Table(
    "entry_events",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)

# What units are told: each time an entry comes, changes or goes.
list_changes = Table(
    "list_changes",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # LISTED, CHANGED, REMOVED
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# Who was told of an entry, and how far: a removal is told to all of them (I-32).
list_receivers = Table(
    "list_receivers",
    METADATA,
    Column("entry_id", ForeignKey(entries.c.id), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("removal_received_at", Instant),
    PrimaryKeyConstraint("entry_id", "unit"),
)

# How far each unit says it has taken the list over, and how far it was told.
list_cursors = Table(
    "list_cursors",
    METADATA,
    Column("unit", String(64), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False, server_default="0"),
    Column("at", Instant, nullable=False),
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
    Column("effect_ends_on", Date),
    Column("decide_by", Instant, nullable=False),
    Column("feedback_by", Date),
    Column("release_by", Date),
    Column("retained_until", Date),
    Column("retention_basis", Text),
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "unit", "state", "created_at"),
    Index(None, "state", "decide_by"),
)

hit_events = Table(
    "hit_events",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("hit_id", ForeignKey(hits.c.id), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", Instant, nullable=False),
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
    Column("at", Instant, nullable=False),
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
    Column("due_at", Instant, nullable=False),
    Column("lease", String(64)),
    Column("leased_until", Instant),
    Column("last_error", String(64)),
    Column("created_at", Instant, nullable=False),
)

# Consumption restriction orders beside the list (domain.md 5.11).
restriction_orders = Table(
    "restriction_orders",
    METADATA,
    Column("number", String(128), primary_key=True),
    Column("case_number", ForeignKey(cases.c.number), nullable=False, index=True),
    Column("id_number", String(18), nullable=False, index=True),
    Column("subjects", JSON, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # IN_FORCE, LIFTED
    Column("releases", JSON, nullable=False),
    Column("lifted_on", Date),
    Column("lifted_by", String(64)),
    Column("lift_reason", Text),
    Column("changed_at", Instant, nullable=False),
)

# Requests to correct the list, and what became of them (domain.md 6.4).
list_corrections = Table(
    "list_corrections",
    METADATA,
    Column("place", RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("entry_id", ForeignKey(entries.c.id), nullable=False, index=True),
    Column("asks", String(16), nullable=False),  # WITHDRAW, RECTIFY, REMOVE
    Column("state", String(32), nullable=False, index=True),
    Column("filed_by", String(128), nullable=False),
    Column("on_paper", Boolean, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("judge", String(128)),
    Column("granted", String(16)),
    Column("decision", Text),
    Column("decided_on", Date),
    Column("served_on", Date),
    Column("asked_again_on", Date),
    Column("corrected_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

list_correction_events = Table(
    "list_correction_events",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("correction_id", ForeignKey(list_corrections.c.id), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", Instant, nullable=False),
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
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("case_number", "id_number", "misconduct"),
)

# Periods of the list that run out or ran out: each level is raised once (CAP-013, CAP-119).
list_reminders = Table(
    "list_reminders",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("target", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("rule", String(32), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("level", String(16), nullable=False),  # REMINDER, OVERDUE, ESCALATED
    Column("due_on", Date, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("settled_at", Instant),
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
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),  # it stands while this is null
    Column("ended_by", String(64)),
    Column("end_reason", Text),
    PrimaryKeyConstraint("case_number", "id_number"),
)

# Changes of the catalogue of measures: proposed by one person, approved by another (CAP-016).
catalogue_changes = Table(
    "catalogue_changes",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("change", JSON, nullable=False),
    Column("basis", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),  # PROPOSED, APPROVED, REJECTED
    Column("version", Integer, unique=True),  # counts what was approved
    Column("proposed_by", String(128), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", String(128)),
    Column("decided_at", Instant),
    Column("remark", Text),
    sqlite_autoincrement=True,
)
