"""The ways in which a client proves itself, by their registered names."""

from typing import Final

BASIC, POST, NONE = "client_secret_basic", "client_secret_post", "none"
JWT: Final = "private_key_jwt"
SELF_SIGNED: Final = "self_signed_tls_client_auth"
CERTIFIED: Final = "tls_client_auth"
STRONG: Final = (JWT, SELF_SIGNED, CERTIFIED)
ALL: Final = (*STRONG, BASIC, POST, NONE)
