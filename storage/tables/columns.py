"""What all tables share: their metadata, and how instants, days and row numbers are kept."""

from sqlalchemy import BigInteger, Integer, MetaData, String

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
Instant = String(32)
Date = String(10)
RowId = BigInteger().with_variant(Integer, "sqlite")
