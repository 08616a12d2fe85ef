"""The articles that an order rests on, as an official paper names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.chinese_numeral import numeral
from domain.order import OrderAction


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a law; numbers as of 2023 (domain.md 5.1)."""

    law: str
    number: int

    @property
    def zh(self) -> str:
        """``《中华人民共和国民事诉讼法》第二百五十三条``."""
        return f"《{self.law}》第{numeral(self.number)}条"


_CPL: Final = "中华人民共和国民事诉讼法"
_CPL_READING: Final = "最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释"
_HOLDS: Final = "最高人民法院关于人民法院民事执行中查封、扣押、冻结财产的规定"

DUTY_TO_ASSIST: Final = Article(_CPL, 117)
"""Who does not assist can be fined."""
SERVICE: Final = Article(_CPL, 87)
"""Every service has its receipt (送达回证)."""

_MONEY_AND_RIGHTS: Final = Article(_CPL, 253)  # query, freeze, transfer
_INCOME: Final = Article(_CPL, 254)
_THINGS: Final = Article(_CPL, 255)
_TAKING_FREEZES: Final = Article(_CPL_READING, 484)
_TERM: Final = Article(_CPL_READING, 485)
_BY_NOTICE: Final = Article(_HOLDS, 1)
_LIFTING: Final = Article(_HOLDS, 28)

_BASES: Final[Mapping[OrderAction, tuple[Article, ...]]] = MappingProxyType(
    {
        OrderAction.QUERY: (_MONEY_AND_RIGHTS,),
        OrderAction.SEAL: (_THINGS, _TERM, _BY_NOTICE),
        OrderAction.SEIZE: (_THINGS, _TERM, _BY_NOTICE),
        OrderAction.FREEZE: (_MONEY_AND_RIGHTS, _TERM, _BY_NOTICE),
        OrderAction.PRE_SEAL: (_THINGS, _TERM, _BY_NOTICE),
        OrderAction.RESTRICT_TRANSFER: (_THINGS, _TERM, _BY_NOTICE),
        OrderAction.RENEW: (_TERM,),
        OrderAction.LIFT: (_LIFTING,),
        OrderAction.DEDUCT: (_MONEY_AND_RIGHTS, _TAKING_FREEZES),
        OrderAction.WITHHOLD: (_INCOME,),
        OrderAction.EXTRACT: (_INCOME,),
    }
)


def legal_basis(action: OrderAction) -> tuple[Article, ...]:
    """Return what an order of *action* rests on, the law before its interpretation.

    Source:
        domain.md 5.1 (2023 numbers), 5.3 (terms), 5.7, 5.8; assets.json, `basis` of lifts.
    """
    return _BASES[action]
