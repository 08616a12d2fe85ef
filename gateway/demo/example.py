"""The query that the demo shows first: one case, five departments."""


def example_query(case_number: str) -> str:
    return f"""# One case, opened for a purpose; five departments answer. 一个案件，五个部门
query AssetGraph {{
  case(number: "{case_number}", purpose: PROPERTY_INQUIRY, reason: "核查关联人名下车辆", familyReason: HELD_FOR_DEBTOR) {{
    number
    claim {{ yuan }}
    debtors {{
      idNumber
      name
      identity {{ name lifeStatus }}
      vehicles {{ plateNumber brandModel sourceRecordId holds {{ authority rank }} }}
      housingFund {{ balance {{ yuan }} sourceRecordId }}
      securities {{ securityName quantity marketValue {{ yuan }} sourceRecordId }}
      relatedPersons {{ relation relatedName person {{ vehicles {{ plateNumber }} }} }}
    }}
  }}
}}
"""


def example_curl(graphql: str, token: str, case_number: str) -> str:
    """Return a line that works when pasted into a shell."""
    fields = (
        "debtors { name identity { name } vehicles { plateNumber } "
        "housingFund { balance { yuan } } securities { securityName quantity } "
        "relatedPersons { relation relatedName } }"
    )
    query = (
        f'{{ case(number: \\"{case_number}\\", purpose: PROPERTY_INQUIRY) {{ number {fields} }} }}'
    )
    return (
        f"curl -s {graphql} -H 'Authorization: Bearer {token}' "
        f"-H 'Content-Type: application/json' -d '{{\"query\": \"{query}\"}}'"
    )
