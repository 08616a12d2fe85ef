"""
Why a queue refuses an event; it stays as it was.

HoldRefused
├── HoldTransitionRefused   the hold's state does not allow it (domain.hold)
├── HoldLapsed              its term is over
├── HoldEnded               it ended otherwise
├── RankUnknown             no such hold in this queue
├── OrderAlreadyRegistered  one order, one hold
├── EventOutOfOrder         the log goes forward only
├── AmountNotPositive       an amount of nothing
├── ReductionTooLarge       nothing would be left of the hold
├── DeductionTooLarge       more than the hold controls
├── DisposalTooLarge        it reaches what others hold, or more than there is
├── OutflowTooLarge         it reaches what is held, or more than there is
├── NotDivisible            the asset is held whole
├── NotTheFirstHold         only the first disposes of the whole
├── AssetDisposed           nothing is left to hold
├── TermTooLong             over the cap
└── TermNotStarted          nothing to renew yet
"""

from datetime import date

from domain.hold import HoldRefused, HoldState


class HoldLapsed(HoldRefused):
    """I-11: a new order is needed, and takes the last rank."""

    code = "HOLD_LAPSED"

    def __init__(self, ends_on: date) -> None:
        super().__init__(
            f"The hold lapsed at 24:00 of {ends_on}; a new order takes the last rank. "
            "控制登记已届满失效，须另行查控并重新排队"
        )
        self.ends_on = ends_on


class HoldEnded(HoldRefused):
    code = "HOLD_ENDED"

    def __init__(self, state: HoldState) -> None:
        super().__init__(f"The hold has ended: {state.value}. 控制登记已终止")
        self.state = state


class RankUnknown(HoldRefused):
    code = "RANK_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("The order has no rank on this asset. 该指令在此财产上没有顺位")


class OrderAlreadyRegistered(HoldRefused):
    code = "ORDER_ALREADY_REGISTERED"

    def __init__(self) -> None:
        super().__init__("The order has its hold on this asset already. 该指令已登记")


class EventOutOfOrder(HoldRefused):
    code = "EVENT_OUT_OF_ORDER"

    def __init__(self, message: str) -> None:
        super().__init__(f"{message}. 事件顺序有误")


class AmountNotPositive(HoldRefused):
    code = "AMOUNT_NOT_POSITIVE"

    def __init__(self) -> None:
        super().__init__("The amount must be more than nothing. 数额须大于零")


class ReductionTooLarge(HoldRefused):
    code = "REDUCTION_TOO_LARGE"

    def __init__(self, need: int) -> None:
        super().__init__(
            f"A reduction leaves something of the {need} needed; to end the hold, lift it. "
            "减少数额须小于限额，全部解除请用解除指令"
        )
        self.need = need


class DeductionTooLarge(HoldRefused):
    """I-05."""

    code = "DEDUCTION_TOO_LARGE"

    def __init__(self, controlled: int) -> None:
        super().__init__(
            f"Only what is controlled can be deducted: {controlled}. 扣划不得超过已控制数额"
        )
        self.controlled = controlled


class DisposalTooLarge(HoldRefused):
    code = "DISPOSAL_TOO_LARGE"

    def __init__(self, controlled: int) -> None:
        super().__init__(
            f"In part, only what the hold controls can be disposed of: {controlled}. "
            "部分处分不得超过已控制数额"
        )
        self.controlled = controlled


class OutflowTooLarge(HoldRefused):
    """domain.md 5.7: no payment and no transfer up to the limit."""

    code = "OUTFLOW_TOO_LARGE"

    def __init__(self, available: int) -> None:
        super().__init__(f"Only {available} can leave the asset. 转出不得超过可用数额")
        self.available = available


class NotDivisible(HoldRefused):
    code = "NOT_DIVISIBLE"

    def __init__(self) -> None:
        super().__init__("The asset is held whole, its amount is 1. 该财产不可分")


class NotTheFirstHold(HoldRefused):
    code = "NOT_THE_FIRST_HOLD"

    def __init__(self, rank: int) -> None:
        super().__init__(
            f"Only the first hold disposes of the whole asset; this one is number {rank}. "
            "仅首封可处分全部财产"
        )
        self.rank = rank


class AssetDisposed(HoldRefused):
    code = "ASSET_DISPOSED"

    def __init__(self) -> None:
        super().__init__("The asset was wholly disposed of. 财产已全部处分")


class TermTooLong(HoldRefused):
    """I-10."""

    code = "TERM_TOO_LONG"

    def __init__(self, cap: int) -> None:
        super().__init__(f"The term has 1 to {cap} months. 期限须为1至{cap}个月")
        self.cap = cap


class TermNotStarted(HoldRefused):
    code = "TERM_NOT_STARTED"

    def __init__(self) -> None:
        super().__init__(
            "The term starts when the hold takes effect, so there is none to renew. "
            "轮候期间期限尚未起算，无需续行"
        )
