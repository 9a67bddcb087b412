"""Every line of history of the real statutes is an event, a named problem, or text that is kept: none is dropped. The figures are printed."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

from catalog.extract.formats.markdown import MarkdownExtractor
from catalog.model.draft import RawDocument
from catalog.model.events import of_draft
from catalog.model.works import Version, older, same_work, start_of, work_title
from tests.measures import histories
from tests.measures.files import rows


def test_no_line_of_the_mainland_s_histories_is_dropped(shared_data: Path):
    found = histories.mainland(shared_data)
    print(f"\nmainland: {dict(found.counts)}, dropped {len(found.dropped)}")
    assert found.dropped == []
    assert found.counts["lines"] == 2139
    assert found.counts["events"] >= 2_120
    assert found.counts["named"] <= 6
    assert found.counts["kept as text"] <= 11


def test_no_line_of_the_taiwanese_histories_is_dropped(shared_data: Path):
    found = histories.taiwan(shared_data)
    print(f"\nTaiwan: {dict(found.counts)}, dropped {len(found.dropped)}")
    assert found.dropped == []
    assert found.undated == []
    assert found.counts["events"] >= 21_800
    assert found.counts["named"] <= 25


def test_the_validity_of_the_taiwanese_set_is_that_of_its_own_marks(shared_data: Path):
    found = histories.taiwan_validity(shared_data)
    print(
        f"\nTaiwan, validity on {histories.SNAPSHOT}: {dict(found.counts)}; from the events alone {dict(found.by_events)}; "
        f"differing {found.differing}"
    )
    assert found.differing == []
    assert found.counts["廢", "repealed"] == 775
    assert found.by_events[False, True] == found.by_events[True, False] == 0


def test_versions_of_one_work_are_in_the_order_of_the_dates_of_their_files(shared_data: Path):
    extractor, works, counts, wrong = MarkdownExtractor(), {}, Counter(), []
    for row in rows(shared_data / "laws" / "mainland.jsonl.gz"):
        dated = re.search(r"\((\d{4}-\d\d-\d\d)\)\.md$", row["path"])
        draft = extractor.extract(RawDocument(row["markdown"].encode(), "text/markdown", filename=row["path"]))
        fields = {**draft.fields, "events": [of_draft(event) for event in draft.events]}
        works.setdefault(work_title(fields["title"]), []).append((dated[1] if dated else "", fields))
    for title, versions in works.items():
        if title is None or len(versions) < 2:
            continue
        counts["works"] += 1
        for (file, one), (other_file, other) in combinations(sorted(versions, key=lambda pair: pair[0]), 2):
            assert same_work(one, other), title
            first, second = Version("a", start_of(one)), Version("b", start_of(other))
            counts["pairs"] += 1
            counts["proved"] += older(first, second)
            if older(second, first) and file:
                wrong.append((title, file, first.start, other_file, second.start))
    print(f"\nmainland, works of several versions: {dict(counts)}; in the wrong order {wrong}")
    assert counts["works"] >= 50
    assert wrong == []
    assert counts["proved"] >= 45
