"""URL parameters in, a search request out. The same names and rules hold on the page, in the API, in exports and on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from catalog.errors import Fault, InvalidInput
from catalog.search.filters.registry import FilterRegistry, Rejected
from catalog.search.request import (
    MAX_ALL_VALUES,
    MAX_LIMIT,
    MAX_QUERY_CHARS,
    MAX_WINDOW,
    SORTS,
    TOTALS,
    SearchRequest,
    Sort,
)

COMMON = ("q", "facets", "sort", "limit", "page", "cursor", "highlight", "total")
"""The parameters that are not filters."""
MAX_FAULTS = 20
"""Faults that one refusal names; whoever has made more of them sees the others after mending these."""
_Word = TypeVar("_Word", bound=str)
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def parse(
    parameters: Mapping[str, Sequence[str]], registry: FilterRegistry, *, also: Sequence[str] = ()
) -> SearchRequest:
    """The request that the parameters ask for; each has a list of values. `also` names parameters that the caller reads itself.

    Raises `InvalidInput` with one fault for each unknown parameter (naming the nearest known one) and each bad value.
    """
    return _Reading(parameters, registry, also).request()


class _Reading:
    """One pass over the parameters that collects every fault before it complains."""

    def __init__(self, parameters: Mapping[str, Sequence[str]], registry: FilterRegistry, also: Sequence[str]) -> None:
        self.given = {name: [value for value in values if value.strip()] for name, values in parameters.items()}
        self.registry = registry
        self.faults: list[Fault] = []
        known = [*COMMON, *registry.filters, *also]
        unknown = [name for name in self.given if name not in known]
        self.faults += [_unknown(name, known) for name in unknown[:MAX_FAULTS]]

    def request(self) -> SearchRequest:
        """The request, or all that is wrong with it."""
        filters = self.filters()
        q = self.one("q") or ""
        if len(q) > MAX_QUERY_CHARS:
            self.fault(
                "q",
                f"at most {MAX_QUERY_CHARS} characters, got {len(q)}; search for a sentence of it",
                f"最多 {MAX_QUERY_CHARS} 个字符，请改用其中一句",
            )
        limit = self.number("limit", 20, 1, MAX_LIMIT)
        page = self.number("page", 1, 1, MAX_WINDOW)
        if page > 1 and page * limit > MAX_WINDOW:
            self.fault(
                "page",
                f"pages end at hit {MAX_WINDOW}; go on with cursor=…",
                f"翻页止于第 {MAX_WINDOW} 条，请改用 cursor",
            )
        request = SearchRequest(
            q=q,
            filters=filters,
            facets=self.facets(),
            sort=self.sort(),
            limit=limit,
            page=page,
            cursor=self.one("cursor"),
            highlight=self.flag("highlight", default=True),
            exact_total=self.choice("total", TOTALS) == "exact",
        )
        if self.faults:
            told = self.faults[:MAX_FAULTS]
            raise InvalidInput("; ".join(fault.message for fault in told), told)
        return request

    def filters(self) -> dict[str, tuple[str, ...]]:
        """The values of all filters that were given."""
        chosen: dict[str, tuple[str, ...]] = {}
        for name in self.registry.filters:
            try:
                values = self.registry.read(name, self.given.get(name, ()))
            except Rejected as rejected:
                self.faults.append(rejected.fault)
            else:
                if values:
                    chosen[name] = values
        number = sum(map(len, chosen.values()))
        if number > MAX_ALL_VALUES:
            most = max(chosen, key=lambda name: len(chosen[name]))
            self.fault(
                most,
                f"all filters together take at most {MAX_ALL_VALUES} values, got {number}; leave some out, or ask several times",
                f"所有筛选条件合计最多 {MAX_ALL_VALUES} 个值，共给出 {number} 个；请减少或分次查询",
            )
        return chosen

    def facets(self) -> tuple[str, ...]:
        """The parameters to count: names, by comma or repeated, or `all`."""
        known = self.registry.facet_names()
        names = [name.strip() for value in self.given.get("facets", ()) for name in value.split(",") if name.strip()]
        if names == ["all"]:
            return known
        chosen = tuple(dict.fromkeys(names))
        for name in [name for name in chosen if name not in known][:MAX_FAULTS]:
            near = get_close_matches(name, known, n=1, cutoff=0.0)
            self.fault(
                "facets",
                f"no facet {name[:80]}; nearest known: {''.join(near)} (known: {', '.join(known)})",
                f"没有分面 {name[:80]}",
            )
        return chosen

    def sort(self) -> Sort:
        """The order of the hits."""
        return self.choice("sort", SORTS)

    def choice(self, name: str, known: tuple[_Word, ...]) -> _Word:
        """One of a few words; the first of them where none is given."""
        given = self.one(name) or known[0]
        for word in known:
            if given == word:
                return word
        near: list[Any] = get_close_matches(given, known, n=1, cutoff=0.0)
        self.fault(
            name,
            f"takes {', '.join(known)}; nearest to {given[:80]!r}: {''.join(near)}",
            f"应为{'、'.join(known)}之一；收到“{given[:80]}”",
        )
        return known[0]

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number within bounds."""
        given = self.one(name)
        if given is None:
            return default
        if given.isascii() and given.isdigit() and len(given) < 10 and low <= int(given) <= high:
            return int(given)
        self.fault(name, f"a whole number from {low} to {high}, got {given[:40]!r}", f"{low} 到 {high} 的整数")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no."""
        given = self.one(name)
        if given is None:
            return default
        if given.lower() in _FLAGS:
            return _FLAGS[given.lower()]
        self.fault(name, f"true or false, got {given[:40]!r}", "true 或 false")
        return default

    def one(self, name: str) -> str | None:
        """The only value of a parameter that takes one."""
        values = self.given.get(name, [])
        if len(values) > 1:
            self.fault(name, "only one value", "只能有一个值")
        return values[0].strip() if values else None

    def fault(self, name: str, message: str, message_zh: str) -> None:
        """Note that something is wrong with a parameter."""
        self.faults.append(Fault(name, f"{name}: {message}", f"参数 {name}：{message_zh}", "bad_value"))


def _unknown(name: str, known: Sequence[str]) -> Fault:
    near: list[Any] = get_close_matches(name.lower(), known, n=1, cutoff=0.0)
    hint = f"; nearest known: {near[0]}" if near else ""
    return Fault(
        name[:80],
        f"unknown parameter {name[:80]}{hint}",
        f"未知参数 {name[:80]}，最接近的是 {''.join(near)}",
        "unknown_parameter",
    )
