"""Work in order with the help of idle threads."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from duixian.engine.helping import in_order


def doubled(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("most", [0, 1, 7])
@pytest.mark.parametrize("helped_from", [0, 10, 99])
def test_what_is_made_comes_in_the_order_of_the_items(threads: int, most: int, helped_from: int) -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in range(30):
            read.append(number)
            yield number

    with ThreadPoolExecutor(threads) as pool:
        made = pool.submit(
            lambda: list(in_order(items(), doubled, pool, lambda: len(read) > helped_from, most))
        )
        assert made.result(timeout=20) == [2 * number for number in range(30)]


def test_alone_it_hands_nothing_over() -> None:
    here = threading.get_ident()
    with ThreadPoolExecutor(2) as pool:
        made = in_order(range(5), lambda _: threading.get_ident(), pool, lambda: False, 4)
        assert set(made) == {here}


def test_others_do_what_they_have_begun_and_this_thread_the_rest() -> None:
    here, begun, go_on = threading.get_ident(), threading.Event(), threading.Event()

    def work(number: int) -> bool:
        if number == 0:
            begun.set()
            assert go_on.wait(20)
        if number == 1:  # the last that is left to this thread, while the other is at the first
            go_on.set()
        return threading.get_ident() == here

    def items() -> Iterator[int]:
        yield 0
        assert begun.wait(20)
        yield from (1, 2)

    with ThreadPoolExecutor(1) as pool:
        assert list(in_order(items(), work, pool, lambda: True, 3)) == [False, True, True]


@pytest.mark.parametrize("threads", [1, 3])
def test_a_fault_is_raised_at_its_place(threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        made = in_order([1, 2, 0, 4], lambda number: 4 // number, pool, lambda: True, 1)
        assert [next(made), next(made)] == [4, 2]
        with pytest.raises(ZeroDivisionError):
            next(made)
