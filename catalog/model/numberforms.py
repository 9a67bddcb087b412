"""The written forms of document numbers as patterns: what `model.docnumber` reads with. Domain words are not here but in `data/`.

Text is brought to plain characters first (`DROPPED` for one string, `SAME_LENGTH` where places must stay): half width, 〔〕 for every
bracket, a space for every space. The letters A to E and T are those of the table in `model.docnumber`.
"""

from __future__ import annotations

import re

from catalog.model.numerals import CHARACTERS

_OPEN, _CLOSE = "〔[【(（〈﹝［<＜〖{｛﹙﹛〘", "〕]】)）〉﹞］>＞〗}｝﹚﹜〙"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_SPACES = "\t\r\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
SAME_LENGTH: dict[int, str] = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys(map(ord, _INVISIBLE + _SPACES), " "),
    **dict.fromkeys(map(ord, _OPEN), "〔"),
    **dict.fromkeys(map(ord, _CLOSE), "〕"),
    **dict.fromkeys(map(ord, "‐‑–—−"), "-"),
}
"""One character for one, so that places in the result are places in the text."""
DROPPED: dict[int, str | None] = {**SAME_LENGTH, **dict.fromkeys(map(ord, _INVISIBLE))}

ODD_YEAR = re.compile("[〔《「『]([12][0-9OoОо○〇]{3})[〕》」』]")
ZEROS = dict.fromkeys(map(ord, "OoОо○〇"), "0")
_CN = re.escape(CHARACTERS)
HAN = "\u3105-\u312f\u3400-\u9fff"
_CN_YEAR = "[〇零○OＯo一二三四五六七八九]{4}"
_YEAR = rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}|{_CN_YEAR})"
_TERM = rf"[0-9{_CN}]{{1,4}}届"
"""The term of a people's congress, by which its standing committee counts its announcements: 公告〔十五届〕第12号."""
_DIGITS = rf"[0-9]{{1,6}}(?:[-之][0-9]{{1,3}})?|[{_CN}]{{1,6}}"
_NO = rf"(?P<no>{_DIGITS})"
_ARABIC = r"(?P<no>[0-9]{1,6}(?:[-之][0-9]{1,3})?)"
_SERIAL = r"(?P<no>[0-9]{1,13}(?:[A-Za-z][0-9]{0,8})?(?:[-之](?:[0-9]{1,3}|[A-Za-z])|〔[0-9]{1,2}〕)?)"
_CODE = rf"(?P<code>[{HAN}A-Za-z](?:[{HAN}A-Za-z、·]|〔[{HAN}]{{1,3}}〕){{0,40}}?)"
_BODY = rf"(?P<code>[{HAN}][{HAN}、]{{1,40}}?"

FORM_A = re.compile(rf"{_CODE}[〔〕]{_YEAR}年?[〔〕]年?第?{_ARABIC}[号號]")
FORM_B = re.compile(rf"{_BODY}令)(?:[〔〕]?(?P<year>[0-9]{{4}})年?[〔〕]?)?〔?第?{_NO}[号號]〕?")
FORM_B_LAST = re.compile(rf"{_BODY})〔?第{_NO}[号號]〕?令")
FORM_BARE = re.compile(
    rf"令〔?(?P<year>[0-9]{{4}})?年?〕?〔?第(?P<no>{_DIGITS})[号號]〕?|第(?P<last>{_DIGITS})[号號]令"
)
FORM_BARE_C = re.compile(
    rf"(?P<word>[公通]告)[〔〕]?(?P<year>[0-9]{{4}})[〔〕]?年?[〔〕]?第?(?P<no>{_DIGITS})[号號]〕?"
    rf"|(?P<before>[0-9]{{4}})年第?(?P<last>{_DIGITS})[号號](?P<behind>[公通]告)"
)
FORM_BARE_B = re.compile(
    rf"(?P<word>[部局署委会行]?令)(?:[〔〕]?(?P<year>[0-9]{{4}})年?[〔〕]?第?(?P<no>{_DIGITS})[号號]"
    rf"|第(?P<last>{_DIGITS})[号號][〔〕](?P<behind>[0-9]{{4}})年?[〔〕])"
)
"""An announcement or an order whose body stands elsewhere: 公告2020年第7号, 2020年第7号公告, 部令2018年第3号, 令第3号(2019)."""
FORM_C = re.compile(rf"{_BODY}[公通]告)[〔〕]?(?P<year>[0-9]{{4}})[〔〕]?年?[〔〕]?第?{_NO}[号號]〕?")
FORM_C_COUNTED = re.compile(rf"{_BODY}[公通]告)(?:〔(?P<term>{_TERM})〕)?〔?第{_NO}[号號]〕?")
FORM_D = re.compile(rf"{_BODY})(?P<year>[0-9]{{4}})年第{_ARABIC}[号號]")
FORM_E = re.compile(rf"(?P<code>[{HAN}]{{2,12}}?)第{_ARABIC}[号號]")
FORM_E_DATED = re.compile(rf"(?P<code>[{HAN}]{{2,12}}?)第(?P<no>(?:0[89]|1[0-4])[0-9]{{8}}[A-Z]?)[号號]")
"""Form T with 字 left out: told by a serial that begins with the Republic's year."""
FORM_T = re.compile(
    rf"(?:〔(?P<roc>[0-9]{{2,4}}|[{_CN}]{{2,4}})〕|(?P<bare>[0-9]{{2,3}}))?"
    rf"(?P<code>[{HAN}A-Za-z](?:[{HAN}A-Za-z0-9]|〔[{HAN}0-9]{{1,4}}〕){{0,20}}?字)第?{_SERIAL}(?P<mark>[号號])?令?"
)
SEVERAL = re.compile(r"(?P<front>.+〔(?:[0-9]{4}|[0-9]{2})年?〕第?)(?P<serials>[0-9]{1,6}(?:、[0-9]{1,6})+)[号號]")
JOINT = re.compile(r"[、和与及] ?$")
INNER_YEAR = re.compile(rf"〔([0-9]{{2,4}}|[{_CN}]{{2,4}})〕")
LOOSE = re.compile(rf"{_CODE}[ 〔〕]*(?P<year>[0-9]{{4}})(?:[ 〔〕年-]+第? ?|第 ?){_ARABIC}[ 号號〕]*")
GLUED = re.compile(rf"{_CODE}[ 〔]*(?P<year>19[4-9][0-9]|20[0-4][0-9])(?P<no>[0-9]{{1,4}})[号號]?")

_GAP = " {0,3}"
TAILS = {
    "A": re.compile(
        rf"{_GAP}[〔〕][ \n]?(?:[0-9]{{4}}|[0-9]{{2}}|{_CN_YEAR}) ?年?[ \n]?[〔〕] ?年?{_GAP}第?{_GAP}[0-9]{{1,6}}"
        rf"(?:[-之][0-9]{{1,3}}|(?: ?、 ?[0-9]{{1,6}}){{1,20}})?{_GAP}[号號]"
    ),
    "T": re.compile(rf"字{_GAP}第?[ \n]{{0,4}}{_SERIAL.replace('(?P<no>', '(?:')}[ \n]{{0,4}}[号號]"),
    "C": re.compile(
        rf"[公通]告{_GAP}(?:〔? ?[0-9]{{4}} ?〕? ?年? ?〕?{_GAP}第?|(?:〔{_TERM}〕)?{_GAP}〔?第){_GAP}(?:{_DIGITS}){_GAP}[号號]"
    ),
    "B": re.compile(
        rf"令[ \n]{{0,3}}(?:〔? ?[0-9]{{4}} ?年? ?〕?)?{_GAP}〔? ?第?{_GAP}{_NO.replace('(?P<no>', '(?:')}{_GAP}[号號]"
    ),
    "L": re.compile(rf"{_GAP}第{_GAP}{_NO.replace('(?P<no>', '(?:')}{_GAP}[号號]{_GAP}令"),
    "D": re.compile(rf"[0-9]{{4}} ?年{_GAP}第{_GAP}[0-9]{{1,5}}{_GAP}[号號]"),
}
RUN = re.compile(rf"[{HAN}A-Za-z·]*")
