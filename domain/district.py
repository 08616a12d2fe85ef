"""Where an address leaves the county-level district (县级行政区) and becomes a place."""

import re
from typing import Final

# By form alone, there is no table of districts. What stands below a district (街道, 路, 镇, 号, …)
# ends the search; 小区, 园区 and the like are housing, 市场 is a market. In doubt less is kept.
# A first character may be any: 道里区 and 路南区 are districts.
_PROVINCE: Final = r"[\u4e00-\u9fa5]{2,6}?(?:省|自治区)"
_CITY: Final = r"(?:(?![街道路村号])[\u4e00-\u9fa5]){1,10}?(?:市(?![场政民])|自治州|地区|盟)"
_NAME: Final = r"[\u4e00-\u9fa5](?:(?![街道路镇乡村号])[\u4e00-\u9fa5])"
_COUNTY: Final = (
    rf"(?:{_NAME}{{0,2}}?(?<![小社园苑院宅舍])(?:区|县|旗|市(?![场政民]))"
    rf"|{_NAME}{{1,12}}?自治[县旗])"
)
_KNOWN: Final = re.compile(rf"(?:{_PROVINCE}(?:{_CITY})?|{_CITY})(?:{_COUNTY})?")


def up_to_district(address: str) -> str:
    """Return the start of *address* up to and with its county-level district.

    Up to the city or the province if no district follows it, and nothing if it starts with none:
    never more than the district, sometimes less.
    """
    found = _KNOWN.match(address)
    return "" if found is None else found.group()
