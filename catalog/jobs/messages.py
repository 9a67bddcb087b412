"""How a name stands in the queue: a small JSON object. Whoever can write to the queue can send names, and nothing else.

huey's own form is pickle, which runs the code that it holds when it is read: write access to a Redis would be a shell on every worker.
"""

from __future__ import annotations

from typing import Any

import orjson
from huey.registry import Message
from huey.serializer import Serializer

from catalog.errors import Refused
from catalog.jobs.tasks import TASKS

LONGEST_MESSAGE = 2048
"""Most bytes of a message; a real one has a hundred."""
LONGEST_WORD = 200
"""Most characters of a word; the name of a source has at most a hundred."""
KEYS = frozenset({"id", "task", "words"})


class JsonMessages(Serializer):  # type: ignore[misc]  # huey comes without types
    """Messages as JSON: task, words, id. `prefix` is what huey writes before a task's name in its own table."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def _serialize(self, data: Message) -> bytes:
        return orjson.dumps({"id": data.id, "task": data.name.removeprefix(self._prefix), "words": list(data.args)})

    def _deserialize(self, data: bytes) -> Message:
        task, words, number = read(data)
        return Message(id=number, name=self._prefix + task, args=words, kwargs={})


def read(data: bytes) -> tuple[str, tuple[str, ...], str]:
    """Task, words and id of a message. Raises `Refused` for anything that `JsonMessages` does not write."""
    content = bytes(data)
    if len(content) > LONGEST_MESSAGE:
        raise _refused(f"it has {len(content)} bytes, more than {LONGEST_MESSAGE}")
    try:
        found: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _refused(f"it is not JSON ({error})") from error
    if not isinstance(found, dict) or set(found) != KEYS:
        raise _refused(f"it is not an object of {', '.join(sorted(KEYS))}")
    task = TASKS.get(found["task"]) if isinstance(found["task"], str) else None
    if task is None:
        raise _refused(f"no task is called {str(found['task'])[:LONGEST_WORD]!r}; there are: {', '.join(TASKS)}")
    words = found["words"]
    if not isinstance(words, list) or len(words) != len(task.words) or not all(map(_is_word, [*words, found["id"]])):
        raise _refused(f"{task.name} is followed by {', '.join(task.words)}, each of 1 to {LONGEST_WORD} characters")
    return task.name, tuple(words), found["id"]


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_WORD


def _refused(reason: str) -> Refused:
    return Refused("not_a_message", f"a message in the queue is not one of this program's: {reason}; it is dropped")
