"""All filters that are on, whoever declared them: reads their values, makes their clauses and facets. A facet leaves out its own filter
here, once, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal

from catalog.errors import Fault, Misconfigured
from catalog.model.vocabularies import vocabulary
from catalog.plugins.interfaces import Filter
from catalog.search.dates import bound
from catalog.search.fields import RESERVED
from catalog.search.plan import Clause, Facet, Keys, PlanFilter, Range
from catalog.search.request import MAX_VALUES

FieldKind = Literal["value", "number"]

_KINDS: Mapping[str, FieldKind] = {
    "term": "value",
    "number": "number",
    "number_range": "number",
    "date_range": "number",
}
_LAST = 2**62
HISTOGRAM = "year"
"""The parameter whose counts are the year histogram."""


class Rejected(ValueError):
    """A filter value that cannot be used; `fault` says why and what can."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class FilterRegistry:
    """The filters by parameter. Raises `Misconfigured` for two of one name, an unknown kind, or a field that the search itself fills."""

    def __init__(self, filters: Iterable[Filter], *, choices: Mapping[str, Sequence[str]] | None = None) -> None:
        self.filters: dict[str, Filter] = {}
        self._choices = dict(choices or {})
        for item in filters:
            self._add(item)

    def _add(self, item: Filter) -> None:
        if item.parameter in self.filters:
            raise Misconfigured(f"two filters are called {item.parameter}: rename the one that an extension brings")
        if item.kind not in _KINDS:
            raise Misconfigured(f"filter {item.parameter}: unknown kind {item.kind}; known are {', '.join(_KINDS)}")
        if item.field in RESERVED:
            raise Misconfigured(
                f"filter {item.parameter}: the field {item.field} belongs to the search; choose another name"
            )
        held = self.fields().get(item.field, _KINDS[item.kind])
        if held != _KINDS[item.kind]:
            raise Misconfigured(f"filter {item.parameter}: the field {item.field} holds {held}s for another filter")
        self.filters[item.parameter] = item

    def fields(self) -> dict[str, FieldKind]:
        """The index fields that the filters look at, and whether they hold whole values or numbers."""
        return {item.field: _KINDS[item.kind] for item in self.filters.values()}

    def read(self, parameter: str, typed: Sequence[str]) -> tuple[str, ...]:
        """The values of one parameter as the index keeps them; labels of vocabularies count as their ids. Raises `Rejected`."""
        item = self.filters[parameter]
        listed = self._is_listed(item)
        parts = [part.strip() for text in typed for part in (text.split(",") if listed else [text])]
        values = tuple(dict.fromkeys(self._value(item, part) for part in parts if part))
        if len(values) > MAX_VALUES:
            raise _rejected(parameter, f"at most {MAX_VALUES} values", f"最多 {MAX_VALUES} 个值", ",".join(values)[:80])
        return values

    def _is_listed(self, item: Filter) -> bool:
        """Whether the values are words of a list, which hold no comma."""
        return bool(item.vocabulary or item.choices or _KINDS[item.kind] == "number")

    def _value(self, item: Filter, text: str) -> str:
        if item.kind == "date_range":
            if bound(text, item.edge or "from") is None:
                raise _rejected(
                    item.parameter,
                    "a date as 2015, 2015-07 or 2015-07-14",
                    "日期，如 2015、2015-07 或 2015-07-14",
                    text,
                )
            return text
        if _KINDS[item.kind] == "number":
            if not (text.isascii() and text.isdigit() and len(text) < 16):
                raise _rejected(item.parameter, "a whole number", "整数", text)
            return text
        known = self.choices(item.parameter)
        if known is None or text in known:
            return text
        concept = vocabulary(item.vocabulary).match(text) if item.vocabulary else None
        if concept is not None:
            return concept.id
        near = get_close_matches(text.lower(), known, n=1, cutoff=0.0)
        hint = f"nearest known: {near[0]}; " if near else ""
        raise _rejected(item.parameter, f"{hint}one of {', '.join(known)}", f"{'、'.join(known)} 之一", text)

    def choices(self, parameter: str) -> tuple[str, ...] | None:
        """The values that a parameter takes, or `None` where any text will do."""
        item = self.filters[parameter]
        more = tuple(self._choices.get(parameter, ()))
        if item.vocabulary:
            return tuple(dict.fromkeys((*vocabulary(item.vocabulary).concepts, *more)))
        return (*item.choices, *more) if item.choices is not None else None

    def clause(self, parameter: str, values: Sequence[str]) -> Clause:
        """The clause for a parameter's values."""
        item = self.filters[parameter]
        if item.kind == "date_range":
            return _range(item, [limit for value in values if (limit := bound(value, item.edge or "from")) is not None])
        if item.kind == "number_range":
            return _range(item, [int(value) for value in values])
        return Keys(item.field, tuple(values))

    def plan_filters(self, chosen: Mapping[str, Sequence[str]]) -> tuple[PlanFilter, ...]:
        """The clauses of all chosen values. Values of one parameter widen, parameters narrow."""
        return tuple(PlanFilter(name, self.clause(name, values)) for name, values in chosen.items() if values)

    def facet(self, parameter: str, chosen: Mapping[str, Sequence[str]]) -> Facet:
        """The facet of a parameter."""
        item = self.filters[parameter]
        return Facet(parameter, item.field, item.facet_size, tuple(chosen.get(parameter, ())))

    def facet_names(self) -> tuple[str, ...]:
        """The parameters that can be counted, in the order in which pages show them."""
        return tuple(name for name, item in self.filters.items() if item.facet)


def _range(item: Filter, limits: Sequence[int]) -> Range:
    """The tightest of several bounds on one side."""
    if item.edge == "to":
        return Range(item.field, None, min(limits, default=_LAST))
    return Range(item.field, max(limits, default=0), None)


def _rejected(parameter: str, wanted: str, wanted_zh: str, got: str) -> Rejected:
    message = f"{parameter} takes {wanted}; got {got[:80]!r}"
    return Rejected(Fault(parameter, message, f"参数 {parameter} 应为{wanted_zh}；收到“{got[:80]}”", "bad_value"))
