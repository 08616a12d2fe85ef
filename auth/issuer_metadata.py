"""Another issuer's metadata: where they may be, and what they must say (RFC 8414, OIDC Discovery)."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from auth.strict_json import json_object

_OAUTH: Final = "/.well-known/oauth-authorization-server"
_OPENID: Final = "/.well-known/openid-configuration"
_LONGEST_URL: Final = 2000


class MetadataUnusable(ValueError):
    """The document is no metadata of this issuer."""


def issuer_fault(url: str, *, plain_http: bool) -> str | None:
    """Return why *url* is no identifier of an issuer that can be trusted; None if it is one.

    Args:
        plain_http: http will do anywhere; on the loopback interface it always will.
    """
    parts = _parts(url)
    if parts is None or "?" in url or "#" in url:
        return "an issuer is an absolute URL without user, query and fragment"
    if not _is_secure(url, plain_http=plain_http):
        return "an issuer must use https, except on the loopback interface"
    return None


def metadata_addresses(issuer: str) -> tuple[str, ...]:
    """Return where the metadata of *issuer* may be, the standard's place first.

    Source:
        RFC 8414, sections 3.1 and 5: the well-known part goes before the issuer's path; OpenID
        Connect Discovery 1.0, section 4: behind it.
    """
    scheme, authority, path, _, _ = urlsplit(issuer)
    path = path.rstrip("/")
    places = (_OAUTH + path, path + _OPENID, path + _OAUTH, _OPENID + path)
    return tuple(dict.fromkeys(urlunsplit((scheme, authority, at, "", "")) for at in places))


def key_set_address(document: bytes, issuer: str, *, plain_http: bool) -> str:
    """Return where the metadata in *document* say that the keys of *issuer* are.

    Raises:
        MetadataUnusable: not well-formed, of another issuer (one character is enough), or keys
            that would come in the clear.
    """
    try:
        metadata = json_object(document)
    except ValueError:
        raise MetadataUnusable("The metadata are not well-formed JSON.") from None
    if metadata.get("issuer") != issuer:
        raise MetadataUnusable("The metadata are of another issuer.")
    address = metadata.get("jwks_uri")
    if not isinstance(address, str) or _parts(address) is None or "#" in address:
        raise MetadataUnusable("The metadata name no address of keys.")
    in_the_clear = plain_http or issuer.startswith("http:")
    if not (
        address.startswith("https:")
        or (in_the_clear and _is_secure(address, plain_http=plain_http))
    ):
        raise MetadataUnusable("The keys would come in the clear.")
    return address


def _parts(url: str) -> tuple[str, str] | None:
    """Return scheme and host; None if *url* is not absolute, http or https, in plain ASCII."""
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable():
        return None
    if set(url) & set(" \"'\\<>^`{|}"):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    return parts.scheme, host


def _is_secure(url: str, *, plain_http: bool) -> bool:
    parts = _parts(url)
    if parts is None:
        return False
    scheme, host = parts
    return scheme == "https" or plain_http or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
