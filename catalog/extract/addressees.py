"""To whom a document is sent (主送机关) and who gets a copy (抄送): finding the line, and dividing it into bodies.

Classes of addressees are divided by commas and bodies of one class by 、 (GB/T 9704-2012, 7.3.2), so a line with commas is divided only
there: 各省、自治区、直辖市人民政府，国务院各部委 are two addressees. Commas inside brackets divide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from catalog.extract.header import is_prose
from catalog.extract.labels import label_of, split_pairs
from catalog.extract.lines import Line, cjk_count, fold, squeeze
from catalog.extract.organs import is_organisation

MAX_LINE = 600
"""Characters of the longest line of addressees (all provinces and cities by name)."""
LOOK_AHEAD = 6
"""Lines after the title within which addressees stand."""
_NOT = re.compile(
    r"如下|以下|下列|为|附件|附:|根据|按照|同意|批复|报告|来源|时间|日期|作者|编辑|地址|电话|联系|^附|^注|说明|要求|原则|意见:|通知:|公告:|办法:|规定:|事项:|^一|^第"
)
_SALUTED = re.compile(
    r"各|有关|省|市|县|区|州|旗|厅|局|委|部|院|办|会|室|处|署|社|行|公司|单位|企业|机构|学校|中心|街道|乡|镇|代表|委员|主席|同志|同学|市民|公众|政府|集团|总部|司|队|组|馆|所|校|站"
)
_SHARED = "各"
"""A word that holds for all names behind it: 各县（区）民政局、财政局 is not 财政局."""
_OPEN, _CLOSE = "(（〔[【《", ")）〕]】》"


def is_addressees(text: str) -> bool:
    """Whether a line is one of addressees: names that end with a colon, no sentence."""
    tight = fold(squeeze(text))
    if not tight.endswith(":") or len(tight) > MAX_LINE or len(tight) < 3 or "。" in tight or ";" in tight[:4]:
        return False
    if cjk_count(tight) < 2 or _NOT.search(_outside(tight)) or label_of(text) is not None or split_pairs(text)[1]:
        return False
    return bool(_SALUTED.search(tight))


def find(lines: Sequence[Line], start: int, stop: int) -> int | None:
    """The place of the addressees' line among `lines[start:stop]`: the first such line before any running text."""
    for place in range(start, min(stop, len(lines))):
        line = lines[place]
        if line.kind == "table":
            continue
        if is_addressees(line.text):
            return place
        if is_prose(line.text):
            return None
    return None


def divide(text: str) -> list[str]:
    """The bodies of a line: at commas outside brackets; without any, at 、 if every part is a body's whole name."""
    body = text.strip().rstrip("：:。.；; \u3000")
    parts = [part for part in _split(body, "，,；;") if part]
    if len(parts) > 1:
        return parts
    names = [part for part in _split(body, "、") if part]
    shared = names[:1] and names[0][0] in _SHARED and not all(name[0] in _SHARED for name in names)
    return names if len(names) > 1 and not shared and all(_whole(name) for name in names) else [body] if body else []


def _whole(name: str) -> bool:
    """Whether a part can stand for itself: 县委办公室 can, 各省 of 各省、自治区、直辖市人民政府 cannot."""
    return (
        is_organisation(name)
        or is_organisation(name.removeprefix("各"))
        or bool(re.search(r"(?:单位|部门|企业|机构|院校|代表|委员)$", name))
    )


def _outside(tight: str) -> str:
    return re.sub(r"[(][^()]*[)]", "", tight)


def _split(text: str, marks: str) -> Iterator[str]:
    depth, begin = 0, 0
    for place, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif char in marks and depth == 0:
            yield text[begin:place].strip()
            begin = place + 1
    yield text[begin:].strip()
