"""What an operation may cost, and what a client may spend."""

import pytest

from gateway.cost import Budgets, OverBudget


def test_a_spent_budget_says_when_to_come_back() -> None:
    now = [0.0]
    budgets = Budgets(600, clock=lambda: now[0])
    budgets.spend("a", 500)

    with pytest.raises(OverBudget) as over:
        budgets.spend("a", 200)
    assert over.value.retry_after == pytest.approx(10)

    now[0] += over.value.retry_after
    budgets.spend("a", 200)


def test_clients_do_not_spend_each_others_budgets() -> None:
    budgets = Budgets(100, clock=lambda: 0.0)
    budgets.spend("a", 100)

    budgets.spend("b", 100)


def test_what_was_not_needed_is_given_back_but_never_more_than_there_was() -> None:
    budgets = Budgets(100, clock=lambda: 0.0)
    budgets.spend("a", 60)

    budgets.give_back("a", 1_000)

    budgets.spend("a", 100)
    with pytest.raises(OverBudget):
        budgets.spend("a", 1)


def test_clients_beyond_memory_are_forgotten_not_refused() -> None:
    budgets = Budgets(10, clock=lambda: 0.0)

    for client in range(20_000):
        budgets.spend(client, 10)
