"""The statutes of the real library: nothing lost, articles anchored, history read, fast enough."""

from __future__ import annotations

import gzip
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest

from catalog.extract.formats.markdown import HISTORY_END, MarkdownExtractor
from catalog.extract.statute import blocks_from_articles
from catalog.model.draft import Draft, RawDocument

LEAST_MB_PER_SECOND = 6.0


@pytest.fixture(scope="module")
def laws(shared_data: Path) -> list[RawDocument]:
    with gzip.open(shared_data / "laws" / "mainland.jsonl.gz") as lines:
        rows = [orjson.loads(line) for line in lines]
    return [RawDocument(row["markdown"].encode(), "text/markdown", filename=row["path"]) for row in rows]


@pytest.fixture(scope="module")
def drafts(laws: list[RawDocument]) -> list[Draft]:
    extractor = MarkdownExtractor()
    return [extractor.extract(law) for law in laws]


def test_every_statute_is_a_regulation_with_title_kind_and_text(drafts):
    assert len(drafts) == 1132
    for draft in drafts:
        assert draft.record_type == "regulation"
        assert draft.fields["title"]
        assert draft.fields["instrument_kind"]
        assert draft.blocks


def test_no_character_of_a_body_is_lost_but_a_table_of_contents(laws, drafts):
    differing = []
    for law, draft in zip(laws, drafts, strict=True):
        body = "".join(law.content.decode().partition(HISTORY_END)[2].split()).translate({ord("#"): None, 0x200B: None})
        read = "".join("".join(block.text.split()) for block in draft.blocks)
        if not read.endswith(body):
            differing.append((draft.fields["title"], len(body) - len(read)))
    # six have a table of contents, ten repeat their title
    assert len(differing) <= 16
    assert all(0 < lost < 100 for _, lost in differing), differing


def test_articles_follow_each_other_and_anchors_are_single(drafts):
    articles = Counter(draft.fields["title"] for draft in drafts for block in draft.blocks if block.anchor)
    assert sum(articles.values()) >= 46_600
    for draft in drafts:
        anchors = [block.anchor for block in draft.blocks if block.anchor]
        assert len(anchors) == len(set(anchors)), draft.fields["title"]


def test_events_of_the_histories(drafts):
    kinds = Counter(event.kind for draft in drafts for event in draft.events)
    assert kinds["enacted"] >= 550
    assert kinds["published"] >= 640
    assert kinds["amended"] >= 740
    assert kinds["effective"] >= 1_040
    amended = [event for draft in drafts for event in draft.events if event.kind == "amended"]
    assert sum(event.by is not None for event in amended) >= 620
    assert all(event.date for draft in drafts for event in draft.events)


def test_statutes_of_the_state_council_have_number_issuer_and_level(drafts):
    national = [draft for draft in drafts if draft.fields["instrument_kind"] == "administrative_regulation"]
    assert len(national) == 683
    assert sum("doc_number" in draft.fields for draft in national) >= 500
    assert sum("issuing_body" in draft.fields for draft in national) >= 660
    assert {draft.fields["level"] for draft in national} == {"national"}


def test_taiwan_s_articles_keep_their_numbers(shared_data):
    with gzip.open(shared_data / "laws" / "taiwan.jsonl.gz") as lines:
        rows = [orjson.loads(line) for line in lines][:300]
    for row in rows:
        parts = [(part.get("條號"), part.get("條文內容") or part.get("編章節", "")) for part in row["法規內容"]]
        anchors = [block.anchor for block in blocks_from_articles(parts) if block.anchor]
        assert len(anchors) == len(set(anchors)) == sum(bool(number) for number, _ in parts), row["法規名稱"]


@pytest.mark.bench
def test_reading_is_fast_enough(laws):
    extractor = MarkdownExtractor()
    sample = laws[::4]
    extractor.extract(sample[0])
    start = time.process_time()
    for law in sample:
        extractor.extract(law)
    rate = sum(len(law.content) for law in sample) / 1e6 / (time.process_time() - start)
    print(f"statutes in Markdown: {rate:.1f} MB of UTF-8 text a CPU second")
    assert rate >= LEAST_MB_PER_SECOND
