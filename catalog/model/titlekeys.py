"""Forms of a title by which another text may name the same document: without its version, without the state's name, with its issuer.

Nothing is guessed: each form is one that the title itself, or the record's issuing body, spells out.
"""

from __future__ import annotations

import re

from catalog.model.organisations import issuers_from_title
from catalog.model.script import fold
from catalog.model.titles import transmitted

STATE = "中华人民共和国"
LEAST = 5
"""Characters of the shortest form that names a document."""
_VERSION = re.compile(
    r"\s*[(（\[【〔]\s*(?:(?:19|20)\d\d\s*年?(?:[-./年]\s*\d{1,2}\s*月?(?:[-./月]?\s*\d{1,2}\s*日?)?)?\s*(?:第[一二三四五六七八九十]+次)?"
    r"(?:修正|修订|修訂|修改|修正案|通过|通過|公布|发布|版|本|文本|施行)*|(?:最新)?(?:修正|修订|修訂)(?:版|本|文本)?)\s*[)）\]】〕]\s*$"
)
_PARTICLE = re.compile("的(?=(?:意见|意見|规定|办法|方案|报告|请示|批复|决定|通报)$)")
"""The 的 before a document's kind, which a title that passes it on leaves out: 转发…关于加快供水建设意见的通知."""
_ISSUES = re.compile("(?:印发|发布|公布|颁布|颁发)")


def without_version(title: str) -> str:
    """A title without the mark of a version at its end: …办法（2018修正） → …办法. （试行） and （草案） are no versions."""
    return _VERSION.sub("", title)


def without_state(folded: str) -> str:
    """A folded title without 中华人民共和国 at its beginning."""
    return folded.removeprefix(STATE)


def aliases(title: str, bodies: tuple[str, ...] = ()) -> list[str]:
    """Other names of a document, by its title and its issuing bodies (the leading one first):

    without its version; the document that it issues (印发《…》, not 转发); with the issuer where the title leaves it out (关于…), and
    without it where it does not. Names shorter than `LEAST` are left out.
    """
    plain = without_version(title)
    found = [plain]
    issuers = issuers_from_title(plain)
    bare = plain
    if issuers:
        at = plain.find(issuers[-1]) + len(issuers[-1])
        bare = plain[at:].strip(" 　:：")
        if bare.startswith(("关于", "關於")):
            found.append(bare)
    elif plain.startswith(("关于", "關於")) and bodies:
        found.append(f"{'、'.join(bodies)}{plain}")
        found.append(f"{bodies[0]}{plain}")
    found += [_PARTICLE.sub("", one) for one in (plain, bare) if _PARTICLE.search(one)]
    inner = transmitted(plain)
    if inner and _ISSUES.match(fold(bare).removeprefix("关于")):
        found += [inner, without_version(inner)]
    return [one for one in dict.fromkeys(found) if one != title and len(one) >= LEAST]
