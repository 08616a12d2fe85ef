"""Who may come in: clients, people, tokens, grants, sessions, and what is counted against guessing."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from storage.tables.columns import METADATA, Date, Instant, RowId

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

# Tokens revoked before their time, until the last of them would have ended.
denials = Table(
    "denials",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
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
    Column("granted_at", Instant, nullable=False),
    Column("granted_by", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
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
    Column("confirmed_at", Instant),
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
    Column("id", RowId, primary_key=True, autoincrement=True),
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

# Who signs in as a person about whom there is something to see: bound after a check of identity.
verified_people = Table(
    "verified_people",
    METADATA,
    Column("subject", String(128), primary_key=True),
    Column("id_number", String(18), nullable=False, index=True),
    Column("verified_by", String(128), nullable=False),
    Column("verified_at", Instant, nullable=False),
)

# Who lets whom see what the court shows of him (domain/delegation.py).
delegations = Table(
    "delegations",
    METADATA,
    Column("place", RowId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("giver", String(18), nullable=False, index=True),
    Column("delegate", String(18), nullable=False, index=True),
    Column("parts", JSON, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("state", String(16), nullable=False),  # GIVEN, REVOKED
    Column("given_by", String(128), nullable=False),
    # Of one that a court registered: the paper, and the case it was handed in for.
    Column("document", String(128)),
    Column("case_number", String(64), index=True),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

delegation_events = Table(
    "delegation_events",
    METADATA,
    Column("sequence", RowId, primary_key=True, autoincrement=True),
    Column("delegation_id", ForeignKey(delegations.c.id), nullable=False, index=True),
    Column("case_number", String(64)),
    Column("event", String(32), nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", Instant, nullable=False),
    Column("remark", Text),
    sqlite_autoincrement=True,
)
