"""Money in words: what an official paper says beside the figures (人民币大写)."""

from domain.chinese_numeral import capital_numeral
from domain.money import Fen


def capital_amount(fen: Fen) -> str:
    """Return *fen* in capitals: ``人民币壹仟肆佰零玖元伍角整``.

    It ends in 整 where no 分 follow; 零 stands before 分 that have no 角.

    Raises:
        ValueError: a negative amount, which no paper commands.

    Source:
        正确填写票据和结算凭证的基本规定, 二、三 (支付结算办法, 银发〔1997〕393号).
    """
    if fen < 0:
        raise ValueError("no paper commands a negative amount")
    yuan, rest = divmod(fen, 100)
    jiao, single = divmod(rest, 10)
    words = f"{capital_numeral(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{capital_numeral(jiao)}角"
    elif single and yuan:
        words += "零"
    words += f"{capital_numeral(single)}分" if single else "整"
    return f"人民币{words}"
