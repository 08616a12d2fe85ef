"""The one refusal of every guard."""


class GuardRefused(Exception):
    """A guard holds the order back.

    Attributes:
        guard: ``G1`` to ``G12``.
        rule: the law or rule behind it.
        message: what would satisfy it.
    """

    code = "GUARD_REFUSED"

    def __init__(self, guard: str, rule: str, message: str) -> None:
        super().__init__(f"{guard}: {message}")
        self.guard = guard
        self.rule = rule
        self.message = message
