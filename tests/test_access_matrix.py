"""The matrix of scopes.json, cell by cell: who may read which field group, and that nobody is asked else.

A cell is tested with a document of its group, as its role, against the engine over marked departments.
Where the graph gives less than the matrix would allow, or a scope of scopes.json opens what the matrix
leaves blank, the cell stands in a list below with its reason: a new difference fails.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from domain import catalogue
from storage.cases import CaseRecord
from storage.tables.orders import orders
from tests.differential.world import World, answer, caller_of, world

pytestmark = pytest.mark.anyio
SCOPES = json.loads(Path("domain/data/scopes.json").read_text("utf-8"))
MATRIX: dict[str, dict[str, dict[str, Any]]] = SCOPES["accessMatrix"]["matrix"]


def of_debtors(fields: str) -> str:
    return f'{{ case(number: "%s", purpose: PROPERTY_INQUIRY) {{ debtors {{ {fields} }} }} }}'


# What stands for each group in the graph.
DOCUMENTS = {
    "identity": of_debtors("identity { name }"),
    "residence": of_debtors("residence { currentAddress }"),
    "travelDocuments": of_debtors("travelDocuments { documentNumber }"),
    "corporateRelations": of_debtors("relatedPersons { relatedName }"),
    "vehicle": of_debtors("vehicles { plateNumber }"),
    "housingFund": of_debtors("housingFund { ownerName }"),
    "securities": of_debtors("securities { ownerName }"),
    "exportTaxRebate": of_debtors("exportTaxRebates { taxpayerName }"),
    "vatRefund": of_debtors("vatRefunds { taxpayerName }"),
    "securitiesSettlementFunds": of_debtors("settlementFunds { ownerName }"),
    "investmentWealthFunds": of_debtors("wealthProducts { ownerName }"),
    "bankDeposit": of_debtors("bankDeposits { ownerName }"),
    "onlinePaymentBalance": of_debtors("paymentBalances { ownerName }"),
    "realEstate": of_debtors("realEstate { ownerName }"),
    "landUseRight": of_debtors("landUseRights { ownerName }"),
    "equity": of_debtors("equity { ownerName }"),
    "insuranceCashValue": of_debtors("insurance { ownerName }"),
    "vessel": of_debtors("vessels { ownerName }"),
    "employmentIncome": of_debtors("employmentIncome { ownerName }"),
    "case": '{ case(number: "%s", purpose: PROPERTY_INQUIRY) { state } }',
    "listEntry": "{ listEntries(first: 1) { nodes { id } } }",
    "restrictionOrder": '{ restrictionOrders(caseNumber: "%s") { number } }',
    "controlOrder": '{ order(id: "x") { id } }',
    "sanction": "{ hits(first: 1) { nodes { id } } }",
    "statistics": "{ hitStatistics { unit } }",
    "auditLog": "{ recordEntries(first: 1) { nodes { number } } }",
}
# Nothing in the graph reads these; the test below holds that.
NOT_IN_THE_GRAPH = {
    "assistance": "assist:request",
    "propertyReport": "property-report:issue",
    "clue": "clues:manage",
    "interference": "interference:read",
    "personalRelations": "relations:read",
}
OF_THE_LIST = "list:read opens restriction orders with the list (scopes.json), and they are public"
WIDER = {
    ("court-approver", "restrictionOrder"): OF_THE_LIST,
    ("objection-judge", "restrictionOrder"): OF_THE_LIST,
    ("court-supervisor", "restrictionOrder"): OF_THE_LIST,
    ("credit-platform", "restrictionOrder"): OF_THE_LIST,
    ("dept:subdistrict", "controlOrder"): "assist:ack reads what is addressed to it: no order is",
}
ANOTHER_WAY = "through mine { … }, which knows only the person's own"
NO_SCOPE = "the role's scopes in scopes.json do not open it; the narrower of the two holds"
OWN_ORDERS = "its own records, by the debtor of an order addressed to it"
NARROWER = {
    **{
        (role, "sanction"): NO_SCOPE
        for role in ("court-executor", "list-officer", "court-supervisor", "credit-platform")
    },
    **{(role, "statistics"): NO_SCOPE for role in ("court-executor", "court-president")},
    ("court-approver", "corporateRelations"): NO_SCOPE,
    ("dept:public-security", "identity"): OWN_ORDERS,
    ("dept:public-security", "travelDocuments"): OWN_ORDERS,
    ("dept:public-security", "residence"): OWN_ORDERS,
    **{
        (role, "listEntry"): "screens; does not read"
        for role in MATRIX
        if MATRIX[role]["listEntry"]["read"] == "screen"
    },
    **{
        ("data-subject", group): ANOTHER_WAY
        for group in ("listEntry", "restrictionOrder", "controlOrder", "sanction")
    },
    ("public", "listEntry"): "the pages under /public, which need no token",
    **{
        ("developer", group): "synthetic data are the demo's; the scope opens no data anywhere"
        for group in DOCUMENTS
    },
}
ROLES = [role for role in MATRIX if role not in {"holder-department", "public"}]
CELLS = [(role, group) for role in ROLES for group in DOCUMENTS]
HOLDERS = [
    role.id for role in catalogue.roles() if role.id.startswith("dept:") and role.id not in MATRIX
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def court(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("matrix")) as made:
        yield made


async def reads(court: World, role: str, group: str) -> bool:
    """Return whether *role* is let through to *group*; who is not has nobody asked."""
    [case] = [one for one in court.cases if one.number.endswith("执1号")]
    document = DOCUMENTS[group]
    court.departments.begin(1)

    response = await answer(
        court.compiled, role, document % case.number if "%s" in document else document
    )

    if response.status == 200:
        return True
    assert response.status in {400, 403}, response.body
    assert court.departments.asked == []
    return False


@pytest.mark.parametrize(("role", "group"), CELLS, ids=[f"{r}-{g}" for r, g in CELLS])
async def test_a_cell_of_the_matrix(court: World, role: str, group: str) -> None:
    permitted = MATRIX[role][group]["read"] != "none"

    may = await reads(court, role, group)

    if (role, group) in WIDER:
        assert may
        assert not permitted
    elif (role, group) in NARROWER:
        assert permitted
        assert not may or OWN_ORDERS in NARROWER[role, group]
    else:
        assert may is permitted


# What scopes.json's matrix has no line for, and who may: its scopes decide alone.
BESIDE: dict[str, tuple[str, set[str]]] = {
    "enterpriseRegistration": (
        of_debtors("enterpriseRegistration { name }"),
        {"court-executor"},
    ),
    "taxProfile": (of_debtors("taxProfiles { taxpayerId }"), {"court-executor"}),
    "procurement": (of_debtors("procurement { supplierName }"), {"court-executor"}),
    "lawyerRegistration": (
        of_debtors("lawyerRegistration { lawyerName }").replace(
            "PROPERTY_INQUIRY", "LIST_DECISION"
        ),
        {"court-executor"},
    ),
    "residence, typed by a clerk": (
        of_debtors("residenceClues { currentAddress }").replace("PROPERTY_INQUIRY", "SERVICE"),
        {"court-executor"},
    ),
    "a plan": (
        '{ case(number: "%s", purpose: CONTROL) { controlPlan { claim { fen } } } }',
        {"court-executor"},
    ),
    "watched refunds": (
        '{ case(number: "%s", purpose: CONTROL) { refundWatches { id } } }',
        {"court-executor", "court-approver", "objection-judge"},
    ),
    "requests to type in": (
        "{ typedRequests(first: 1) { nodes { id } } }",
        {role.id for role in catalogue.roles() if "assist:ack" in role.scopes},
    ),
    "looks at people behind debtors": (
        "{ affiliateLooks(first: 1) { nodes { officer } } }",
        {"court-supervisor"},
    ),
}
BESIDE_CELLS = [(role, what) for role in [*ROLES, *HOLDERS, "public"] for what in BESIDE]


@pytest.mark.parametrize(("role", "what"), BESIDE_CELLS, ids=[f"{r}-{w}" for r, w in BESIDE_CELLS])
async def test_what_has_no_line_in_the_matrix_is_for_who_holds_its_scope(
    court: World, role: str, what: str
) -> None:
    document, may = BESIDE[what]
    [case] = [one for one in court.cases if one.number.endswith("执1号")]
    court.departments.begin(1)

    response = await answer(
        court.compiled, role, document % case.number if "%s" in document else document
    )

    assert (response.status == 200) is (role in may), response.body
    if role not in may:
        assert court.departments.asked == []


OWN_FIELDS = {
    "vehicle": ("vehicles:read", "vehicles { plateNumber }"),
    "housingFund": ("housing-fund:read", "housingFund { balance { fen } }"),
    "securities": ("securities:read", "securities { quantity }"),
    "identity": ("identity:read", "identity { name }"),
    "equity": ("equity:read", "equity { companyName }"),
    "insuranceCashValue": ("insurance:read", "insurance { productName }"),
    "employmentIncome": ("income:read", "employmentIncome { employerName }"),
}


@pytest.mark.parametrize("group", OWN_FIELDS)
@pytest.mark.parametrize("role", [*HOLDERS, "dept:public-security", "dept:screening-only"])
async def test_a_department_reaches_the_fields_it_owns_and_no_others(
    court: World, role: str, group: str
) -> None:
    """`own` in the matrix: through the debtor of an order addressed to it."""
    scope, fields = OWN_FIELDS[group]
    owns = {"assist:ack", scope} <= catalogue.role(role).scopes
    court.departments.begin(1)

    response = await answer(
        court.compiled, role, f'{{ order(id: "x") {{ debtor {{ {fields} }} }} }}'
    )

    assert (response.status == 200) is owns
    assert court.departments.asked == []  # there is no such order


ABOUT_DEBTORS = [group for group in DOCUMENTS if "debtors" in DOCUMENTS[group]]
READ = [
    (role, group)
    for role in ("court-executor", "court-approver")
    for group in ABOUT_DEBTORS
    if MATRIX[role][group]["read"] != "none" and (role, group) not in NARROWER
]


@pytest.mark.parametrize(("role", "group"), READ, ids=[f"{r}-{g}" for r, g in READ])
async def test_masked_and_raw_are_what_the_matrix_says(court: World, role: str, group: str) -> None:
    [case] = [one for one in court.cases if one.number.endswith("执1号")]
    await court.database.write(lambda c: submit_orders(c, case))
    masked: set[str] = set()
    for seed in range(6):  # some of them are answered by everybody
        court.departments.begin(seed)
        response = await answer(court.compiled, role, DOCUMENTS[group] % case.number)
        masked |= set(response.body["extensions"].get("masked", ()))

    assert bool(masked) is (MATRIX[role][group]["read"] == "masked")


HOLDING = (
    *("traffic-police", "housing-fund-center", "securities-depository", "land-resources"),
    *("market-regulation", "insurers", "transport", "hrss", "state-tax-shibei"),
    *("securities-companies", "financial-institutions", "internet-companies"),
)


def submit_orders(connection: Connection, case: CaseRecord) -> None:
    """Put an order on each debtor and department up for approval: who approves reads no more."""
    connection.execute(orders.delete())
    for party in case.obligors:
        for department in HOLDING:
            key = f"{HOLDING.index(department)}-{party.id_number}"
            connection.execute(
                insert(orders).values(
                    id=key,
                    case_number=case.number,
                    state="PENDING_APPROVAL",
                    action="SEAL",
                    asset_kind="VEHICLE",
                    department=department,
                    id_number=party.id_number,
                    subject_name=party.name,
                    months=0,
                    purpose="CONTROL",
                    reason="-",
                    officers=[],
                    drafter="executor-1",
                    delivery_key=key,
                    created_at="2026-11-23T01:00:00.000000Z",
                    changed_at="2026-11-23T01:00:00.000000Z",
                )
            )


@pytest.mark.parametrize(("group", "scope"), NOT_IN_THE_GRAPH.items())
def test_what_the_graph_does_not_have_nobody_reads(court: World, group: str, scope: str) -> None:
    declared = court.graph.declarations
    alone = [
        f"{kind.name}.{name}"
        for kind in court.graph.schema.type_map.values()
        for name in getattr(kind, "fields", {})
        if any({scope} == inner for inner in _scopes(declared, f"{kind.name}.{name}"))
    ]

    assert group in MATRIX["court-executor"]
    assert alone == []


def test_every_cell_is_tested_or_is_nobodys() -> None:
    groups = set(MATRIX["court-executor"])

    assert groups == set(DOCUMENTS) | set(NOT_IN_THE_GRAPH)
    assert set(MATRIX) == {*ROLES, "holder-department", "public"}
    assert all(
        MATRIX["public"][group]["read"] == "none" for group in DOCUMENTS if group != "listEntry"
    )
    assert {role.id for role in catalogue.roles() if role.id.startswith("dept:")} == {
        *HOLDERS,
        *(role for role in ROLES if role.startswith("dept:")),
    }


async def test_the_public_has_no_token_and_so_no_graph(court: World) -> None:
    assert not catalogue.role("public").grant.startswith(("authorization_code", "client"))
    assert caller_of("public").scopes == {"public:read", "clues:submit"}
    for group in DOCUMENTS:
        assert not await reads(court, "public", group)


def _scopes(declared: Any, coordinate: str) -> Any:
    try:
        return declared.of(coordinate).scopes
    except LookupError:
        return ()
