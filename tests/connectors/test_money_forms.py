"""Which money may be below zero: that of accounts that can be overdrawn, and nothing else."""

import pkgutil
from importlib import import_module

import connectors
from connectors.forms import Yuan
from connectors.register import Register


def test_only_the_balance_of_an_account_may_be_below_zero() -> None:
    modules = [
        import_module(f"connectors.{one.name}") for one in pkgutil.iter_modules(connectors.__path__)
    ]
    registers = {
        id(value): value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Register)
    }

    below_zero = {
        (register.record.__name__, column.attribute)
        for register in registers.values()
        for column in register.columns
        if column.form == Yuan
    }

    assert len(registers) > 10
    assert below_zero == {("BankDepositRecord", "balance")}
