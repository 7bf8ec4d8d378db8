"""Reader processes: whatever opens a sender's file runs in one, within limits of time and memory.

A file can make a reader loop, eat memory or crash; then the process is lost, the file has its outcome, and the others go
on. Processes are forked from a server that holds the imports and none of our threads, locks or open files: forking the
caller (a DAG task, a test run) would copy those.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

# A full workbook takes less than a tenth of a second and 350 MB of address space, most of which DuckDB and openpyxl reserve.
TIME_LIMIT_SECONDS = 60
MEMORY_LIMIT_BYTES = 1_000_000_000
# A process that has read this many files is replaced: what its libraries leaked goes with it.
_FILES_PER_PROCESS = 100
# Files that may be under way or wait for their turn: enough to keep every process busy, few enough to hold in memory.
_WAITING_PER_PROCESS = 3
_OUT_OF_TIME, _OUT_OF_MEMORY, _CRASHED = "FILE-20", "FILE-21", "FILE-22"
# How a process ends when memory cannot be had: aborted by its allocator, or killed by the system.
_MEMORY_SIGNALS = (-signal.SIGABRT, -signal.SIGKILL)
_MAX_WRITTEN_BYTES = 500_000_000
_SERVER = "ingest.reader_server"


class ReaderLostError(Exception):
    """The reader process did not survive a file; ``rule_id`` says why."""

    def __init__(self, rule_id: str):
        super().__init__(rule_id)
        self.rule_id = rule_id


class Readers:
    """Processes that run functions; see readers()."""

    def __init__(self, count: int):
        self._count = count
        self._pool = None

    def run(self, function: Callable, *arguments: object):
        """Result of ``function(*arguments)``, which must be found by name in its module; raises what it raises.

        Raises ReaderLostError when the process was lost over it.
        """
        return self._result(self._start(function, arguments), function, arguments)

    def in_order(
        self, function: Callable, items: Iterable[tuple[object, tuple]]
    ) -> Iterator[tuple[object, object]]:
        """For each (key, arguments) the key and the result, or the exception, in the order given.

        Takes few items ahead, so neither the items nor the results are ever all in memory.
        """
        under_way: deque = deque()
        for key, arguments in items:
            under_way.append((key, self._start(function, arguments), arguments))
            if len(under_way) == self._count * _WAITING_PER_PROCESS:
                yield self._next(under_way, function)
        while under_way:
            yield self._next(under_way, function)

    def _next(self, under_way: deque, function: Callable) -> tuple[object, object]:
        key, future, arguments = under_way.popleft()
        try:
            return key, self._result(future, function, arguments)
        except Exception as error:
            return key, error

    def _start(self, function: Callable, arguments: tuple):
        from pebble import ProcessPool

        if self._pool is None or not self._pool.active:
            self.stop()
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([_SERVER])
            self._pool = ProcessPool(
                self._count,
                max_tasks=_FILES_PER_PROCESS,
                initializer=_limit,
                initargs=(MEMORY_LIMIT_BYTES,),
                context=context,
            )
        return self._pool.schedule(
            _call, args=(TIME_LIMIT_SECONDS, function, *arguments), timeout=TIME_LIMIT_SECONDS
        )

    def _result(self, future, function: Callable, arguments: tuple):
        from pebble import ProcessExpired

        try:
            return future.result()
        except BrokenProcessPool:
            # A process died between two files, by no fault of this one: once more in new processes.
            return self._start(function, arguments).result()
        except TimeoutError as error:
            raise ReaderLostError(_OUT_OF_TIME) from error
        except MemoryError as error:
            raise ReaderLostError(_OUT_OF_MEMORY) from error
        except RecursionError as error:
            raise ReaderLostError(_CRASHED) from error
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGXCPU:
                raise ReaderLostError(_OUT_OF_TIME) from error
            is_memory = error.exitcode in _MEMORY_SIGNALS
            raise ReaderLostError(_OUT_OF_MEMORY if is_memory else _CRASHED) from error

    def stop(self) -> None:
        """End the processes, whatever they do."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None


@contextmanager
def readers(most: int | None = None) -> Iterator[Readers]:
    """Reader processes (one for each core, but ``most`` at most), started when the first file comes, gone after the block."""
    process = multiprocessing.current_process()
    if process.daemon:
        # A task of Airflow may run in a daemonic process, which Python forbids children because it would not wait
        # for them. Ours are stopped at the end of the block.
        process.daemon = False
    cores = os.cpu_count() or 1
    pool = Readers(min(most or cores, cores))
    try:
        yield pool
    finally:
        pool.stop()


def _limit(memory_bytes: int) -> None:
    """Limit this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_WRITTEN_BYTES, _MAX_WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _call(seconds: float, function: Callable, *arguments: object):
    """Run one function here. The caller ends this process when the time is over; if the caller is gone, the kernel does."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    last_second = int(time.process_time() + seconds) + 2
    resource.setrlimit(
        resource.RLIMIT_CPU, (last_second if hard == resource.RLIM_INFINITY else min(last_second, hard), hard)
    )
    return function(*arguments)
