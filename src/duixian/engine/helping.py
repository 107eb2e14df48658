"""Works on pieces in order with the help of whichever threads have nothing else to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def in_order(
    items: Iterable[Item], work: Callable[[Item], Made], pool: Executor, helped: Callable[[], bool], most: int
) -> Iterator[Made]:
    """Return what the work makes of each item, in their order.

    This thread may be one of the pool's own. It works alone until `helped` says that others may be free; from then
    on it goes ahead by `most` items, which any of them may take up, and does itself what none has begun.
    """
    waiting: deque[tuple[Item, Future[Made]]] = deque()
    for item in items:
        if not waiting and not helped():
            yield work(item)
        else:
            waiting.append((item, pool.submit(work, item)))
            yield from _taken(waiting, work, most)
    yield from _taken(waiting, work, 0)


def _taken(
    waiting: deque[tuple[Item, Future[Made]]], work: Callable[[Item], Made], most: int
) -> Iterator[Made]:
    """What the first come to, until no more than `most` wait."""
    while len(waiting) > most:
        first = waiting[0][1]
        # Others begin at the front: the last is the least likely to be taken up while this thread is at it.
        mine = None if first.done() else _unbegun(waiting)
        if mine is None:
            waiting.popleft()
            yield first.result()
        else:
            item = waiting[mine][0]
            waiting[mine] = (item, _done(work, item))


def _done(work: Callable[[Item], Made], item: Item) -> Future[Made]:
    """The work done here; a fault is raised when it is its turn."""
    made = Future[Made]()
    try:
        made.set_result(work(item))
    except Exception as fault:
        made.set_exception(fault)
    return made


def _unbegun(waiting: deque[tuple[Item, Future[Made]]]) -> int | None:
    """The last that no thread has begun, which now none will."""
    return next((place for place in reversed(range(len(waiting))) if waiting[place][1].cancel()), None)
