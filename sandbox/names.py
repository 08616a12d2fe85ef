"""Names that belong to nobody in particular."""

from typing import Final

from sandbox.chance import Chance

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
MALE: Final = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林峰海建文博志远航诚安"
FEMALE: Final = "芳娜敏静丽艳娟霞秀燕红玲梅婷玉雪慧洁莹倩琳颖佳欣悦萍云兰月晶蕾瑶怡晨思雨涵宁安"

PLACES: Final = "星海云山江河湖泉林田石岭港城桥关原野岛川"
GOOD_WORDS: Final = ("泰", "恒", "瑞", "嘉", "盛", "兴", "通", "达", "和", "顺")
TRADES: Final = (
    "商贸", "建材", "物流", "机械", "电子", "食品", "纺织", "化工", "置业", "科技", "餐饮", "广告",
)  # fmt: skip


def person_name(rng: Chance, sex: str, surname: str | None = None) -> str:
    """Return a name for *sex* (GB/T 2261.1); *surname* is chosen if it is not given."""
    given = MALE if sex == "1" else FEMALE
    first = surname or rng.choice(SURNAMES)
    return first + "".join(rng.choices(given, k=1 if rng.happens(20) else 2))


def company_name(serial: int) -> str:
    """Return the name of the *serial*-th company; names repeat only with their number."""
    rest, place = divmod(serial, len(PLACES))
    rest, word = divmod(rest, len(GOOD_WORDS))
    rest, trade = divmod(rest, len(TRADES))
    number = f"第{rest + 1}" if rest else ""
    return f"示例市{PLACES[place]}{GOOD_WORDS[word]}{number}{TRADES[trade]}有限公司"
