"""The city's sources as an operator would configure them: a few constants a site, and what each must bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from catalog.demo.build import build_city
from catalog.demo.sites import COLUMNS, REQUEST
from catalog.demo.trouble import troubles
from catalog.demo.vocabulary import load

RATE = 10_000
"""Requests a second: the city's server is this process, and needs no sparing."""
BASIS = {"disclosure_basis": ".basis"}
"""Where these sites print the legal basis of what is disclosed on request only."""
LIST_TROUBLES = 1
"""The trouble list leads in a circle; that is noted as one more quarantined item, with the list page kept."""
REGION = str(load("city")["region"])


@dataclass(frozen=True, slots=True)
class Expected:
    """What a harvest of a source must end with: items taken in, quarantined, failed, skipped."""

    taken: int
    quarantined: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One source of kind `site`."""

    name: str
    title: str
    config: Mapping[str, Any]
    expected: Expected


def expected() -> dict[str, Expected]:
    """Source name → what its harvest must end with, counted from the city and the trouble list."""
    city = build_city()
    fates = Counter(one.fate for one in troubles())
    return {
        "yunjiang-gov": Expected(len(city.at("gov"))),
        "yunjiang-env": Expected(len(city.at("env"))),
        "yunjiang-gazette": Expected(len(city.issues) + sum(len(one.articles) for one in city.issues)),
        "yunjiang-data": Expected(len(city.datasets)),
        "yunjiang-trouble": Expected(
            fates["created"], fates["quarantined"] + LIST_TROUBLES, fates["failed"], fates["skipped"]
        ),
    }


def sources(base: str) -> tuple[DemoSource, ...]:
    """The sources at a running server (`base`: its address without a slash at the end)."""
    wanted = expected()
    common = {"allow_hosts": [urlsplit(base).netloc], "rate": RATE, "region": REGION, "level": "municipal"}
    titles_and_configs = {
        "yunjiang-gov": ("云江市人民政府门户网站", _gov(base)),
        "yunjiang-env": ("云江市生态环境局", _env(base)),
        "yunjiang-gazette": ("云江市人民政府公报", _gazette(base)),
        "yunjiang-data": ("云江市公共数据开放平台", _data(base)),
        "yunjiang-trouble": ("云江市疑难页面", _trouble(base)),
    }
    return tuple(
        DemoSource(name, title, {**common, **config}, wanted[name])
        for name, (title, config) in titles_and_configs.items()
    )


def _gov(base: str) -> dict[str, Any]:
    columns = []
    for key, (folder, name, record_type) in COLUMNS.items():
        column: dict[str, Any] = {"name": name, "start": f"{base}/gov/{folder}/index.html"}
        if record_type:
            column["type"] = record_type
        if key == REQUEST:
            column["fields"] = BASIS
        columns.append(column)
    return {
        "columns": columns,
        "items": "ul.news_list li",
        "publisher": "云江市人民政府",
        "source_site": "云江市人民政府门户网站",
    }


def _env(base: str) -> dict[str, Any]:
    return {
        "columns": [
            {"name": "信息公开", "start": f"{base}/sthjj/list.html"},
            {
                "name": "依申请公开目录",
                "start": f"{base}/sthjj/ysqgk.html",
                "type": "normative_document",
                "fields": BASIS,
            },
        ],
        "items": "ul.news_list li",
        "publisher": "云江市生态环境局",
        "source_site": "云江市生态环境局",
    }


def _gazette(base: str) -> dict[str, Any]:
    return {
        "start": f"{base}/gb/index.html",
        "type": "gazette_issue",
        "items": "ul.news_list li",
        "articles": {"items": ".mulu li"},
        "gazette": "云江市人民政府公报",
        "publisher": "云江市人民政府办公室",
        "source_site": "云江市人民政府公报",
    }


def _data(base: str) -> dict[str, Any]:
    return {
        "start": f"{base}/data/list.html",
        "type": "dataset",
        "items": "ul.news_list li",
        "source_site": "云江市公共数据开放平台",
    }


def _trouble(base: str) -> dict[str, Any]:
    return {
        "start": f"{base}/wt/index.html",
        "items": "ul.news_list li",
        "hosts": ["10.0.0.8"],
        "publisher": "云江市人民政府办公室",
    }
