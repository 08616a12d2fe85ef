"""What clients are told of the authorization server before they know it (RFC 8414, OIDC Discovery)."""

from collections.abc import Mapping
from typing import Any

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN
from auth.algorithms import ALGORITHMS
from auth.assurance import PASSWORD, TWO_FACTORS
from auth.client_methods import NONE
from auth.id_tokens import OPENID
from auth.policy import Policy
from auth.scopes import Entitlements


def metadata(
    url: str, entitlements: Entitlements, policy: Policy, *, signing: str
) -> dict[str, Any]:
    """Return the metadata of the issuer *url*; *signing*: the algorithm of its ID tokens."""
    methods = list(policy.client_methods)
    proven = [method for method in methods if method != NONE]
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/oauth/authorize",
        "token_endpoint": f"{url}/oauth/token",
        "pushed_authorization_request_endpoint": f"{url}/oauth/par",
        "introspection_endpoint": f"{url}/oauth/introspect",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "userinfo_endpoint": f"{url}/oauth/userinfo",
        "jwks_uri": f"{url}/oauth/jwks",
        "scopes_supported": [OPENID, *sorted(entitlements.known)],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": proven,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "require_pushed_authorization_requests": policy.needs_pushed_requests,
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": True,
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": True,
        "id_token_signing_alg_values_supported": [signing],
        "prompt_values_supported": ["login"],
        "claims_parameter_supported": False,
        "acr_values_supported": [PASSWORD, TWO_FACTORS],
        "ui_locales_supported": ["zh-CN", "en"],
    }


def discovery(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return *known* metadata where OpenID Connect's clients look for it, with what that document must say."""
    return {
        **known,
        "subject_types_supported": ["public"],
        "claims_supported": [
            *("iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "nonce", "at_hash"),
            *("org", "role", "officer"),
        ],
    }
