"""Reading by two processes: the same answers in the same order, whatever becomes of the child."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import pytest

from catalog.harvesters import spread as spreading
from catalog.harvesters.spread import FIRST, LEAST, spread
from catalog.model.draft import Attachment, Block, Citation, Draft, EventDraft, Problem, Reading

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a child is forked on Linux only")

ITEMS = list(range(3 * LEAST))


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_possible", lambda: True)


def draft(number: int) -> Draft:
    cited = Citation("cites", "《云江市停车场管理办法》", None, "云江市停车场管理办法", "art-1", "art-2")
    return Draft(
        "regulation",
        fields={"title": f"云江市规定{number}"},
        readings={"title": Reading("规定", "title", 0.9)},
        blocks=(Block("heading", "第一章 总则", 1), Block("paragraph", "第一条 …", 0, "art-1", 3)),
        citations=(cited,),
        events=(EventDraft("enacted", "2020-01-01", "通过", cited, ("云江市人民政府",)),),
        attachments=(Attachment("附件", None),),
        flags=("damaged_date",),
        problems=(Problem("warning", "unreadable", "…"),),
    )


def beside_parent(work: Callable[[int], object]) -> Callable[[int], object]:
    """Does `work` in the child, and waits a moment in the parent so that the child gets its part."""
    here = os.getpid()

    def either(item: int) -> object:
        if os.getpid() == here:
            threading.Event().wait(0.002)
            return (item, "here")
        return work(item)

    return either


def test_the_answers_come_in_the_order_of_the_items_from_both_processes() -> None:
    found = list(spread(ITEMS, lambda item: (item, os.getpid()), alone=True))
    assert [item for item, _ in found] == ITEMS
    slow = list(spread(ITEMS, beside_parent(lambda item: (item, "beside")), alone=True))
    assert [item for item, _ in slow] == ITEMS
    assert {where for _, where in slow} == {"here", "beside"}


def test_drafts_come_back_as_they_were_made() -> None:
    made = list(spread(ITEMS, beside_parent(draft), alone=True))
    assert all(one in ((item, "here"), draft(item)) for item, one in zip(ITEMS, made, strict=True))
    assert any(isinstance(one, Draft) for one in made)


def test_what_a_child_that_is_killed_leaves_is_done_here() -> None:
    found = list(spread(ITEMS, beside_parent(lambda _item: os.kill(os.getpid(), signal.SIGKILL)), alone=True))
    assert found == [(item, "here") for item in ITEMS]


def test_an_answer_that_cannot_be_sent_is_made_here() -> None:
    found = list(spread(ITEMS, beside_parent(lambda _item: threading.Lock()), alone=True))
    assert found == [(item, "here") for item in ITEMS]


def test_what_is_raised_here_is_raised_and_the_child_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    here, fork = os.getpid(), os.fork
    children: list[int] = []

    def remembered() -> int:
        child = fork()
        if child:
            children.append(child)
        return child

    monkeypatch.setattr(os, "fork", remembered)

    def work(item: int) -> int:
        if os.getpid() == here and item > FIRST:
            raise MemoryError
        threading.Event().wait(0.01)
        return item

    with pytest.raises(MemoryError):
        list(spread(ITEMS, work, alone=True))
    assert len(children) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


@pytest.mark.parametrize(("count", "alone"), [(LEAST - 1, True), (len(ITEMS), False)])
def test_few_items_and_work_that_is_not_alone_stay_here(*, count: int, alone: bool) -> None:
    assert set(spread(ITEMS[:count], lambda _item: os.getpid(), alone=alone)) == {os.getpid()}


def test_no_child_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not spreading._possible()
    finally:
        done.set()
        thread.join()
