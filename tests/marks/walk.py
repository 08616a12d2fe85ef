"""A walk through every feature of a running court, with marks wherever somebody can be said."""

import importlib.util
import json
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from gateway.demo.tokens import fresh_token
from tests.gateway.paper_office import pdf
from tests.marks import every_field, marks
from tests.marks.marks import Marks

ROLES: Final = (
    "court-executor",
    "court-supervisor",
    "list-officer",
    "dept:traffic-police",
    "dept:tourism",
    "data-subject",
    "auditor",
)
FAULTS: Final = (
    *("half", "stranger", "garbage", "unavailable", "overdeliver", "slow", "wrong_type"),
    *("repeats", "drop_after_apply", "flaky", "hang", "none"),
)
OUTCOME: Final = (
    "__typename ... on Order { id state documentHash } ... on OrderRefused { code guard message }"
)
ENTRY: Final = "... on ListEntry { id state } ... on ListRefused { code guard message }"
HIT: Final = "... on SanctionHit { id state } ... on ListRefused { code guard message }"
_TICKET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PRIVATE: Final = Path(__file__).parents[2] / "examples/screening-client/private.py"
_CHALLENGE: Final = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass
class Heard:
    """What a client was answered."""

    what: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def told(self) -> bytes:
        """Return what is not the caller's own, permitted answer: refusals, errors, extensions."""
        if self.status >= 400:
            return self.body
        return json.dumps(list(self._errors()), ensure_ascii=False).encode()

    def _errors(self) -> Iterator[Any]:
        for part in self.body.decode("utf-8", "replace").splitlines():
            try:
                body = json.loads(part.removeprefix("data: "))
            except ValueError:
                continue
            yield from _refusals(body)


def _refusals(body: Any) -> Iterator[Any]:
    if isinstance(body, list):
        for one in body:
            yield from _refusals(one)
    if not isinstance(body, dict):
        return
    # A path repeats the aliases that its sender chose (GraphQL 7.1.7); a ticket is its holder's (ADR 0052).
    for error in body.get("errors") or ():
        told = {name: one for name, one in error.items() if name != "path"}
        yield _without_tickets(told)
    yield _without_tickets({name: one for name, one in body.items() if name == "extensions"})
    if {"code", "message"} <= body.keys():
        yield body
    for one in body.values():
        yield from _refusals(one)


def _without_tickets(told: Any) -> Any:
    if isinstance(told, dict):
        return {
            name: _without_tickets(one)
            for name, one in told.items()
            if name != "ticket" or not _TICKET.fullmatch(str(one))
        }
    return [_without_tickets(one) for one in told] if isinstance(told, list) else told


@dataclass
class Walk:
    demo: dict[str, Any]
    state: Path
    marks: Marks
    heard: list[Heard] = field(default_factory=list)
    answered: bool = False

    def __post_init__(self) -> None:
        self.web = httpx.Client(
            base_url=self.demo["issuer"],
            timeout=30,
            trust_env=False,
            headers={
                "user-agent": f"{marks.WORD}-agent",
                "x-request-id": f"{marks.WORD}-request",
                # A client may write what it likes into these; nothing takes it over unless told to.
                "traceparent": f"00-{marks.NUMBER[:17]}{'a' * 15}-00f067aa0ba902b7-01",
                "tracestate": f"{marks.WORD}={marks.NUMBER}",
            },
        )
        self.marks.add("trace of a client", f"{marks.NUMBER[:17]}{'a' * 15}")
        self._tokens: dict[str, str] = {}
        for token in self.demo["tokens"].values():
            self.marks.add("token", token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()

    def token(self, role: str) -> str:
        if role not in self._tokens:
            self._tokens[role] = fresh_token(self.state, role)
            self.marks.add("token", self._tokens[role])
        return self._tokens[role]

    def send(
        self, what: str, method: str, path: str, role: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if role is not None:
            headers.setdefault("authorization", f"Bearer {self.token(role)}")
        answer = self.web.request(method, path, headers=headers, **more)
        self.heard.append(Heard(what, answer.status_code, answer.headers, answer.content))
        return answer

    def graph(self, what: str, role: str, document: str, /, **variables: Any) -> Any:
        """Return the answer's data, whatever else is in it."""
        body = {"query": document, "variables": variables, "operationName": None}
        headers = {"x-partial": "allow"}
        answer = self.send(what, "POST", "/graphql", role, json=body, headers=headers)
        return (
            answer.json().get("data") if "json" in answer.headers.get("content-type", "") else None
        )

    def step(
        self, role: str, name: str, shape: str, declared: str, given: str, **variables: Any
    ) -> Any:
        key = f"{marks.WORD}-{secrets.token_hex(4)}"
        document = f"mutation ($k: String!{declared}) {{ done: {name}(idempotencyKey: $k{given}) {{ {shape} }} }}"
        data = self.graph(name, role, document, k=key, **variables)
        assert data is not None, (name, self.heard[-1].body)
        assert "id" in data["done"], (name, data)
        return data["done"]

    # -- the graph, field by field

    def every_root_field(self) -> None:
        for kind in ("query", "mutation"):
            for name, document, variables in every_field.documents(kind):
                for role in ROLES:
                    self.graph(name, role, document, **variables)
                self.graph(name, ROLES[0], document, **every_field.misfit(variables))
                call = ", ".join(
                    f"{one}: {every_field.literal(value)}" for one, value in variables.items()
                )
                written = f"{kind} {{ {name}({call}) {{ __typename }} }}"
                self.graph(name, "court-executor", written)

    def streams(self) -> None:
        """Subscriptions and queries as events and over a socket; what goes wrong there, too."""
        asked = list(every_field.documents("subscription"))
        asked += [one for one in every_field.documents("query") if one[0] in {"case", "mine"}]
        for name, document, variables in asked:
            body = {"query": document, "variables": variables}
            with self.web.stream(
                "POST",
                "/graphql",
                json=body,
                headers={
                    "authorization": f"Bearer {self.token('court-executor')}",
                    "accept": "text/event-stream",
                },
                timeout=0.7,
            ) as answer:
                got = b""
                try:
                    for part in answer.iter_bytes():
                        got += part
                except httpx.ReadTimeout:
                    pass
                self.heard.append(Heard(f"events {name}", answer.status_code, answer.headers, got))
            self._socket(name, {"id": "1", "type": "subscribe", "payload": body})
        self._socket("nonsense", {"id": "1", "type": "subscribe", "payload": {"query": "{"}})
        self._socket("odd", {"type": marks.NAME, marks.NUMBER: marks.CASE})
        self._socket("stranger", {"id": "1", "type": "ping"}, token=f"{marks.WORD}.token.x")

    def _socket(self, what: str, message: dict[str, Any], token: str | None = None) -> None:
        url = self.demo["graphql"].replace("http", "ws")
        with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
            start = {"Authorization": f"Bearer {token or self.token('court-executor')}"}
            got = []
            try:
                socket.send(json.dumps({"type": "connection_init", "payload": start}))
                got.append(socket.recv(5))
                socket.send(json.dumps(message))
                got.append(socket.recv(0.7))
            except (TimeoutError, ConnectionClosed) as over:
                got.append(str(over))
        body = "\n".join(
            json.dumps(_payload(one), ensure_ascii=False) if isinstance(one, str) else ""
            for one in got
        )
        self.heard.append(Heard(f"socket {what}", 200, {}, body.encode()))

    # -- departments

    def whole_case(self) -> None:
        """Everything of a case that departments tell; all of it are marks from now on."""
        debtor = every_field.SCHEMA.type_map["Case"].fields["debtors"]  # type: ignore[attr-defined]
        shown = every_field.selection(debtor, 2)
        document = f"query ($n: CaseNumber!, $p: Purpose!) {{ case(number: $n, purpose: $p) {{ number debtors {shown} }} }}"
        for case in self.demo["cases"][:2]:
            data = self.graph(
                "case", "court-executor", document, n=case["number"], p="PROPERTY_INQUIRY"
            )
            self.marks.harvest(data)
        self.graph("case again", "court-executor", document, n=self.case, p="PROPERTY_INQUIRY")

    def who_they_are(self) -> None:
        """As little as fills the cache, however slow the machine is."""
        document = "query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { identity { name } } } }"
        self.graph("who they are", "court-executor", document, n=self.case)

    @property
    def case(self) -> str:
        return str(self.demo["cases"][0]["number"])

    def faults(self) -> None:
        document = """query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY, reason: "核查关联人名下财产",
          familyReason: HELD_FOR_DEBTOR) {
          debtors { idNumber
          identity { name } vehicles { plateNumber vin } housingFund { balance { fen } accountNumber }
          securities { quantity } relatedPersons { relation person { name vehicles { plateNumber } } } } } }"""
        ports = Path(self.demo["departments"][0]["wireLog"]).with_name("ports.json")
        for mode in FAULTS:
            for department in json.loads(ports.read_text()):
                base = department["health"].removesuffix("/health")
                order = {"mode": mode, "latencyMs": 50}
                httpx.post(f"{base}/_sandbox/faults", json=order, trust_env=False)
            for case in self.demo["cases"][1:2]:
                self.graph(f"fault {mode}", "court-executor", document, n=case["number"])

    # -- an order's life

    def order(self) -> str:
        found = self.graph(
            "targets",
            "court-executor",
            """query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) {
              debtors { idNumber vehicles { sourceRecordId } } } }""",
            n=self.case,
        )["case"]["debtors"]
        [(number, record), *_] = [
            (one["idNumber"], car["sourceRecordId"]) for one in found for car in one["vehicles"]
        ]
        wanted = {
            "caseNumber": self.case,
            "idNumber": number,
            "assetKind": "VEHICLE",
            "action": "SEAL",
            "recordId": record,
            "amount": {"fen": "100"},
            "rulingNumber": f"{self.case}之九",
            "noticeNumber": f"{self.case}之十",
            "officers": ["示9903-0001", "示9903-0002"],
            "reason": marks.REASON,
        }
        declared, given = ", $i: DraftOrderInput!", ", input: $i"
        step = self.step("court-executor", "draftOrder", OUTCOME, declared, given, i=wanted)
        order = str(step["id"])
        paper = {"content-type": "application/pdf"}
        content = pdf(marks.WORD)
        told = self.send(
            "upload", "POST", "/documents", "court-executor", content=content, headers=paper
        ).json()
        attached = [{"kind": "RULING", "sha256": told["sha256"], "name": marks.FILE}]
        declared, given = ", $id: ID!, $d: [DocumentInput!]!", ", id: $id, documents: $d"
        self.step(
            "court-executor", "attachDocuments", OUTCOME, declared, given, id=order, d=attached
        )
        ready = self.step(
            "court-executor", "submitOrder", OUTCOME, ", $id: ID!", ", id: $id", id=order
        )
        self.step(
            "court-approver",
            "approveOrder",
            OUTCOME,
            ", $id: ID!, $h: String!",
            ", id: $id, documentHash: $h",
            id=order,
            h=ready["documentHash"],
        )
        until = time.monotonic() + 15
        shown = "query ($id: ID!) { order(id: $id) { state receipts { number result reason } } }"
        while time.monotonic() < until:
            if self.graph("order", "court-executor", shown, id=order)["order"]["receipts"]:
                break
            time.sleep(0.1)
        for form in ("assistance-notice", "service-receipt", "control-receipt", marks.WORD):
            self.send("form", "GET", f"/orders/{order}/forms/{form}", "court-executor")
        for which in ("RULING", told["sha256"], marks.WORD):
            self.send("document", "GET", f"/orders/{order}/documents/{which}", "court-executor")
        self.send(
            "upload",
            "POST",
            "/documents",
            "court-executor",
            content=b"%PDF" + marks.NAME.encode(),
            headers=paper,
        )
        return order

    # -- the list

    def listing(self, endpoint: str) -> None:
        debtors = self.graph(
            "debtors",
            "court-executor",
            "query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber name } } }",
            n=self.case,
        )["case"]["debtors"]
        person = {"idNumber": debtors[0]["idNumber"], "name": debtors[0]["name"]}
        hook = self.graph(
            "addWebhook",
            "dept:tourism",
            "mutation ($u: String!) { done: addWebhook(url: $u) { id secret } }",
            u=f"{endpoint}/{marks.WORD}",
        )["done"]
        self.marks.add("webhook secret", hook["secret"])
        proposal = {
            "caseNumber": self.case,
            "idNumber": person["idNumber"],
            "conditions": [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": marks.REASON}],
        }
        entry = self.step(
            "court-executor",
            "proposeEntry",
            ENTRY,
            ", $i: ProposeEntryInput!",
            ", input: $i",
            i=proposal,
        )["id"]
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
        self._entry("court-executor", "warnDebtor", entry, servedOn=today, proof=marks.REASON)
        self._entry("list-officer", "submitEntry", entry)
        self._entry(
            "court-president",
            "signEntry",
            entry,
            decisionNumber=marks.RULING,
            restrictionNumber=f"{marks.RULING}二",
        )
        self._entry("list-officer", "publishEntry", entry)
        time.sleep(1.2)
        people = [person, {"idNumber": marks.NUMBER, "name": marks.NAME}]
        asked = {
            "trigger": "consumption.lodging",
            "businessReference": f"{marks.WORD}-ref",
            "subjects": people,
        }
        answer = self.send("screen", "POST", "/screen", "dept:tourism", json=asked).json()
        hit = next(one["hitId"] for one in answer["results"] if one["verdict"] == "HIT")
        for bad in (
            {**asked, "trigger": marks.NAME},
            {**asked, "subjects": [{"name": [marks.NAME]}]},
            {**asked, "subjects": [{"idNumber": f"{marks.NUMBER}0", "name": marks.NAME}]},
            {marks.NUMBER: marks.NAME},
            {**asked, "subjects": people[1:]},
        ):
            self.send("screen badly", "POST", "/screen", "dept:tourism", json=bad)
        self.send("keys", "GET", "/screen/ranges/keys", "dept:tourism")
        for body in ({"period": marks.WORD, "points": [marks.NUMBER]}, {"ranges": [marks.NAME]}):
            self.send("ranges", "POST", "/screen/ranges", "dept:tourism", json=body)
        self._screen_privately(people)
        self._hit("verifyHit", hit)
        self._hit("confirmHit", hit, effect=marks.REASON, reason=marks.REASON)
        self._hit("feedBackHit", hit, outcome=marks.REASON)
        self.graph(
            "listChanges",
            "dept:tourism",
            "{ listChanges(first: 10) { cursor nodes { kind entryId idNumber name } } }",
        )
        self.send("snapshot", "GET", "/list/snapshot", "dept:tourism", follow_redirects=True)
        self.send("snapshot", "GET", f"/list/snapshot/{marks.WORD}", "dept:tourism")
        self.send("snapshot", "GET", f"/list/snapshot/{marks.WORD}.sig", "dept:tourism")
        self.public(person)
        self._entry("court-executor", "findExitCause", entry, cause="PERFORMED", proof=marks.REASON)
        self._entry("list-officer", "shieldEntry", entry)
        self._hit("releaseHit", hit, remark=marks.REASON)
        self.graph("listChanges", "dept:tourism", "{ listChanges(first: 10) { cursor } }")

    def _screen_privately(self, people: Sequence[Mapping[str, str]]) -> None:
        """By the example that departments copy; its verdicts are made at the department."""
        found = importlib.util.spec_from_file_location("private_screening", _PRIVATE)
        assert found is not None
        assert found.loader is not None
        client = importlib.util.module_from_spec(found)
        found.loader.exec_module(client)
        desk = client.PrivateScreening(self.demo["issuer"], self.token("dept:tourism"))
        verdicts = [desk.verdict(one["idNumber"], one["name"])[0] for one in people]
        assert verdicts == ["HIT", "NO_HIT"], verdicts

    def _entry(self, role: str, name: str, entry: str, **more: str) -> None:
        kinds = {"servedOn": "Date!", "cause": "ExitCause!"}
        declared = ", $id: ID!" + "".join(f", ${one}: {kinds.get(one, 'String!')}" for one in more)
        given = ", id: $id" + "".join(f", {one}: ${one}" for one in more)
        self.step(role, name, ENTRY, declared, given, id=entry, **more)

    def _hit(self, name: str, hit: str, **more: str) -> None:
        declared = ", $id: ID!" + "".join(f", ${one}: String!" for one in more)
        given = ", id: $id" + "".join(f", {one}: ${one}" for one in more)
        key = f"{marks.WORD}-{secrets.token_hex(4)}"
        document = f"mutation ($k: String!{declared}) {{ done: {name}(idempotencyKey: $k{given}) {{ {HIT} }} }}"
        self.graph(name, "dept:tourism", document, k=key, id=hit, **more)

    def public(self, person: Mapping[str, str]) -> None:
        self.send("public", "GET", "/public")
        for form in (
            {"name": person["name"], "ending": person["idNumber"][-4:]},
            {"case": self.case},
            {"name": marks.NAME, "ending": marks.NUMBER[-4:]},
            {"name": marks.NAME, "number": marks.NUMBER},
            {marks.NUMBER: marks.NAME},
        ):
            self.send("public search", "POST", "/public", data=form)
        for path in ("removals", "measures", "feed.json", "feed.atom", "style.css"):
            self.send("public", "GET", f"/public/{path}", params={"lang": marks.NAME})

    # -- the person, the auditor, the record

    def own_and_audit(self) -> None:
        own = self.demo["cases"][0]["debtors"][0]
        for code in (own, marks.NUMBER):
            for path in ("findUsage", "usagePeriod", "heartbeat"):
                self.send(
                    "tracker", "GET", f"/tracker/{path}", "data-subject", params={"userCode": code}
                )
        bad = {"userCode": own, "periodStart": marks.NAME, "limit": marks.NUMBER}
        self.send("tracker", "GET", "/tracker/findUsage", "data-subject", params=bad)
        self.graph(
            "mine",
            "data-subject",
            "{ mine { idNumber disclosures(first: 5) { nodes { action receiver } } } }",
        )
        for path in ("checkpoint", "key", "inclusion?entry=1", "consistency?from=1&to=2"):
            self.send("record", "GET", f"/record/{path}")
        for path in ("inclusion", "consistency"):
            self.send(
                "record",
                "GET",
                f"/record/{path}",
                params={"entry": marks.NAME, "from": marks.NUMBER},
            )
        self.send("health", "GET", "/health")
        self.send("page", "GET", "/graphiql")
        self.send("home", "GET", "/")
        self.send("metrics", "GET", "/metrics")

    # -- who asks

    def _authorization(self) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": "graphiql",
            "redirect_uri": f"{self.demo['issuer']}/graphiql",
            "state": "state-of-the-page",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
        }

    def signing_in_badly(self) -> None:
        for change in (
            {"client_id": f"{marks.WORD}-client"},
            {"redirect_uri": f"http://127.0.0.1:9/{marks.WORD}"},
            {"scope": marks.NAME},
            {"code_challenge": marks.NUMBER},
            {"response_type": marks.NAME},
        ):
            query = {**self._authorization(), **change}
            self.send("authorize badly", "GET", "/oauth/authorize", params=query)
        secret = f"{marks.WORD}-password"
        basic = b64encode(f"dept-tourism:{secret}".encode()).decode()
        self.marks.add("client secret", basic)
        grant = {"grant_type": "client_credentials"}
        by_header = {"authorization": f"Basic {basic}"}
        self.send("token", "POST", "/oauth/token", data=grant, headers=by_header)
        for more in (
            {"client_id": "dept-tourism", "client_secret": secret},
            {"client_id": marks.NAME, "client_secret": secret, "scope": marks.NUMBER},
            {"client_id": "dept-tourism", "client_secret": "demo-9903", "scope": marks.WORD},
        ):
            self.send("token", "POST", "/oauth/token", data={**grant, **more})
        self.send("token", "POST", "/oauth/token", data={"grant_type": marks.NAME})

    def signing_in(self) -> None:
        query = self._authorization()
        for path in ("jwks", "token"):
            self.send("oauth", "GET", f"/oauth/{path}")
        self.send("oauth", "GET", "/.well-known/jwks.json")
        self.send("oauth", "GET", "/.well-known/oauth-authorization-server")
        page = self.send("login page", "GET", "/oauth/authorize", params=query)
        [ticket] = page.text.split('name="ticket" value="')[1:]
        form = {"ticket": ticket.split('"')[0], "username": f"{marks.WORD}-user"}
        wrong = {**form, "password": f"{marks.WORD}-password"}
        self.send("login", "POST", "/oauth/authorize", params=query, data=wrong)
        right = {**form, "username": "executor-1", "password": "demo-9903"}
        answer = self.send("login", "POST", "/oauth/authorize", params=query, data=right)
        code = answer.headers["location"].split("code=")[1].split("&")[0]
        self.marks.add("code", code)
        for verifier in (
            f"{marks.WORD}-verifier" * 4,
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ):
            redemption = {
                "grant_type": "authorization_code",
                "client_id": "graphiql",
                "redirect_uri": query["redirect_uri"],
                "code": code,
                "code_verifier": verifier,
            }
            token = self.send("token", "POST", "/oauth/token", data=redemption).json()
            if "access_token" in token:
                self.marks.add("token", token["access_token"])
        self.signing_in_badly()

    def bad_input(self) -> None:
        token = {"authorization": f"Bearer {self.token('court-executor')}"}
        as_json = {**token, "content-type": "application/json"}
        somebody = f"{marks.NAME} {marks.NUMBER} {marks.CASE}"
        for body in (
            somebody,
            json.dumps({"query": [somebody]}),
            json.dumps({"query": f"{{ {marks.NAME} }}"}),
            json.dumps({"query": f"{{ n{marks.NUMBER}: x{marks.WORD.replace('-', '')} }}"}),
            json.dumps({"query": f'{{ case(number: "{somebody}") {{ number }} }}'}),
            json.dumps(
                {"query": f'query A($x: CaseNumber! = "{marks.NAME}") {{ viewer {{ role }} }}'}
            ),
            json.dumps({"documentId": somebody}),
            json.dumps({"query": "{ viewer { role } }", "operationName": somebody}),
            json.dumps({"query": "{ viewer { role } }", "extensions": somebody}),
            json.dumps(
                {"query": "# " + somebody + "\n{ viewer { role } }", "variables": {somebody: 1}}
            ),
            json.dumps({"query": "{ viewer { role } }", "variables": somebody}),
            json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": somebody}}}),
            json.dumps({"query": "x" * 70_000 + somebody}),
        ):
            self.send("bad body", "POST", "/graphql", content=body.encode(), headers=as_json)
        for headers in (
            {"authorization": f"Bearer {marks.WORD}.{marks.WORD}.x"},
            {"authorization": f"Basic {marks.WORD}"},
            {"authorization": f"Bearer {self.token('auditor')[:-4]}{marks.WORD}"},
            {**token, "content-type": f"application/{marks.WORD}"},
            {**token, "accept": f"application/{marks.WORD}"},
        ):
            self.send("bad headers", "POST", "/graphql", content=b"{}", headers=headers)
        query = {"query": "{ viewer { role } }", "variables": somebody}
        self.send("by address", "GET", "/graphql", "court-executor", params=query)
        self.send(
            "by address", "GET", "/graphql", "court-executor", params={"documentId": somebody}
        )
        for method in ("GET", "POST", "MARKZQ977", "OPTIONS", "DELETE"):
            for path in (
                f"/{marks.WORD}/{marks.NUMBER}?of={marks.NUMBER}",
                f"/orders/{marks.WORD}/documents/{marks.NAME}",
                f"/orders/{marks.WORD}/forms/{marks.WORD}",
                "/graphql",
            ):
                self.send("odd address", method, path, "court-executor")


def _payload(message: str) -> Any:
    try:
        told = json.loads(message)
    except ValueError:
        return {"errors": [{"message": message}]}
    payload = told.get("payload", told)
    return {"errors": payload} if isinstance(payload, list) else payload
