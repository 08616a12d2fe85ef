"""
Trusted documents: what a client's own developers wrote, known here by its SHA-256.

A manifest per client maps hashes to documents. A client may be registered to send nothing else
(*trusted only*), or to have us remember what it sent (automatic persisted queries).
"""

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec

from gateway.response import RequestRefused, refusal

_MOST_REMEMBERED: Final = 512  # for each client
_PREFIX: Final = "sha256:"


class BadManifest(ValueError):
    """A manifest is no such file, or a hash in it is not its document's."""


def read_manifest(path: Path) -> Mapping[str, str]:
    """Return the documents of the manifest at *path*, by SHA-256 in lower-case hex.

    Raises:
        BadManifest: see there.
        FileNotFoundError: there is none.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except msgspec.MsgspecError as error:
        raise BadManifest(f"{path} is no JSON object of hashes and documents") from error
    manifest = {_bare(key): document for key, document in found.items()}
    for key, document in manifest.items():
        if _hash(document) != key:
            raise BadManifest(f"in {path}, {key} is not the SHA-256 of its document")
    return manifest


class TrustedDocuments:
    def __init__(
        self,
        manifests: Mapping[str, Mapping[str, str]],
        *,
        only: Collection[str] = (),
        remembered_for: Collection[str] = (),
    ) -> None:
        """Keep *manifests* by client id.

        Args:
            only: clients that may send no other document.
            remembered_for: clients whose documents are remembered by hash.
        """
        self._manifests = manifests
        self._only = frozenset(only)
        self._remembered: Mapping[str, OrderedDict[str, str]] = {
            client: OrderedDict() for client in remembered_for
        }

    def document(self, client: str, *, query: str | None, document_id: str | None) -> str:
        """Return the document that *client* means.

        Raises:
            RequestRefused: it names none, an unknown one, or one that it may not send.
        """
        manifest = self._manifests.get(client, {})
        if document_id is not None:
            known = manifest.get(_bare(document_id))
            if known is None or (query is not None and query != known):
                raise RequestRefused(
                    refusal(400, "No such trusted document of this client.", "DOCUMENT_NOT_FOUND")
                )
            return known
        if query is None:
            raise RequestRefused(refusal(400, "Send a query or a documentId.", "BAD_REQUEST"))
        if client in self._only and _hash(query) not in manifest:
            message = "This client sends trusted documents only: name one by its documentId."
            raise RequestRefused(refusal(403, message, "TRUSTED_DOCUMENTS_ONLY"))
        return query

    def persisted(self, client: str, *, query: str | None, sha256: str) -> str:
        """Return the document of an automatic persisted query; remember it when it comes along.

        Raises:
            RequestRefused: not for this client, not known yet, or not what its hash says.
        """
        remembered = self._remembered.get(client)
        if remembered is None:
            raise RequestRefused(
                refusal(400, "PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
            )
        if query is None:
            known = remembered.get(sha256)
            if known is None:
                raise RequestRefused(
                    refusal(400, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
                )
            remembered.move_to_end(sha256)
            return known
        if _hash(query) != sha256:
            raise RequestRefused(
                refusal(400, "The hash is another document's.", "PERSISTED_QUERY_MISMATCH")
            )
        document = self.document(client, query=query, document_id=None)
        remembered[sha256] = document
        if len(remembered) > _MOST_REMEMBERED:
            remembered.popitem(last=False)
        return document


def _bare(document_id: str) -> str:
    return document_id.removeprefix(_PREFIX)


def _hash(document: str) -> str:
    return hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()
