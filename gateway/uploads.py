"""
An uploaded file: read piece by piece, within bounds, and taken only if it is a whole PDF.

Whether its content is harmless is not asked: names that matter hide in compressed objects, and a
look that misses them would promise what it cannot keep (docs/decisions/0014-documents.md). Files
are served so that nothing in them runs.
"""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import anyio
from starlette.requests import ClientDisconnect

from gateway.plain_http import HttpRefused

PDF: Final = "application/pdf"
_LONGEST: Final = 60.0  # seconds that one upload may take
_HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9]")
_HEAD_LENGTH: Final = 8
# ISO 32000-2, 7.5.5: the last lines say where the cross-reference begins, and that it is over.
_TAIL: Final = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF\s*\Z")
_TAIL_LENGTH: Final = 1024
# RFC 9530, a dictionary of algorithms; ours is the only one that is looked at.
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?=,|$)")


@dataclass(frozen=True, slots=True)
class Upload:
    """A PDF as it came in; *sha256* is hex."""

    content: bytes = field(repr=False)
    sha256: str


async def received_pdf(
    headers: Mapping[str, str], pieces: AsyncIterator[bytes], *, most: int
) -> Upload:
    """Return the PDF that is a request's body.

    Args:
        pieces: the body as it arrives; what is refused early is not read to its end.
        most: bytes.

    Raises:
        HttpRefused: 408 too slow, 413 too large, 415 called something else, 400 not what its
            digest says, 422 no PDF or only a part of one.
    """
    _check_headers(headers, most)
    try:
        with anyio.fail_after(_LONGEST):
            content = await _read(pieces, most)
    except TimeoutError:
        raise HttpRefused(408, "UPLOAD_TOO_SLOW", "The upload took too long. 上传超时") from None
    except ClientDisconnect:
        raise HttpRefused(400, "UPLOAD_ENDED_EARLY", "The upload ended early. 上传中断") from None
    _check_is_whole(content)
    sha256 = hashlib.sha256(content)
    promised = _DIGEST.search(headers.get("content-digest", ""))
    if promised is not None and base64.b64decode(promised[1]) != sha256.digest():
        raise HttpRefused(
            400,
            "DIGEST_DIFFERS",
            "What arrived is not what Content-Digest names; send it again. 文件摘要不一致，请重新上传",
        )
    return Upload(content, sha256.hexdigest())


def _check_headers(headers: Mapping[str, str], most: int) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != PDF or headers.get("content-encoding", "identity") != "identity":
        raise HttpRefused(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Send the file itself as application/pdf, uncompressed. 仅接受PDF文件",
        )
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > most:
        raise _too_large(most)


async def _read(pieces: AsyncIterator[bytes], most: int) -> bytes:
    content = bytearray()
    async for piece in pieces:
        content += piece
        if len(content) > most:
            raise _too_large(most)
        if len(content) >= _HEAD_LENGTH and not _HEAD.match(content):
            raise _no_pdf()
    return bytes(content)


def _check_is_whole(content: bytes) -> None:
    """The first line names a version, the last ones point into the file and end it."""
    if not _HEAD.match(content):
        raise _no_pdf()
    end = _TAIL.search(content, max(0, len(content) - _TAIL_LENGTH))
    if end is None or int(end[1]) >= end.start():
        raise HttpRefused(
            422,
            "PDF_INCOMPLETE",
            "The end of the PDF is missing, or something follows it; save it again. PDF文件不完整",
        )


def _no_pdf() -> HttpRefused:
    return HttpRefused(422, "NOT_A_PDF", "This file is no PDF. 文件不是PDF格式")


def _too_large(most: int) -> HttpRefused:
    return HttpRefused(413, "DOCUMENT_TOO_LARGE", f"A document has at most {most} bytes. 文件过大")
