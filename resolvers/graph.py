"""The types that every department adds to, made once all of them are imported."""

import pkgutil
from importlib import import_module

import resolvers
from resolvers.debtor import AffiliatedPart, DebtorPart, SubjectPart, compose

for _module in pkgutil.iter_modules(resolvers.__path__):
    if _module.name != "graph":
        import_module(f"resolvers.{_module.name}")

Debtor = compose(
    "Debtor",
    "An obligor of a case (被执行人), to which every department adds its fields.",
    (SubjectPart, DebtorPart),
)
AffiliatedPerson = compose(
    "AffiliatedPerson",
    "A person or company reached from a debtor: identity, travel documents and vehicles only, never "
    "a target of control (domain.md 5.15). 关联人",
    (SubjectPart, AffiliatedPart),
)
