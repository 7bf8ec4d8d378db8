"""What a file does to a reader process is an outcome of that file; the others, and the caller, go on."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time

import districts
import pytest

from ingest import readers as readers_module
from ingest.readers import ReaderLostError, readers
from ingest.validate import judge_file


def double(number: int) -> int:
    return number * 2


def loop_forever(_: int) -> None:
    while True:
        pass


def hold_the_interpreter(_: int) -> None:
    """As native code does that never gives other threads a turn, nor a signal handler."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    loop_forever(0)


def eat_memory(_: int) -> int:
    return len([bytes(10_000_000) for _ in range(10_000)])


def crash(_: int) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def abort(_: int) -> None:
    os.abort()


def fail(_: int) -> None:
    raise LookupError("nowhere")


def nest(depth: int) -> int:
    return nest(depth + 1)


def process_id(_: int) -> int:
    return os.getpid()


def act(number: int) -> int:
    return {3: crash, 5: eat_memory}.get(number, double)(number)


@pytest.mark.parametrize(
    ("function", "rule_id"),
    [
        (loop_forever, "FILE-20"),
        (hold_the_interpreter, "FILE-20"),
        (eat_memory, "FILE-21"),
        (abort, "FILE-21"),
        (crash, "FILE-22"),
        (nest, "FILE-22"),
    ],
)
def test_a_lost_process_is_an_outcome_with_a_cause(function, rule_id, monkeypatch):
    monkeypatch.setattr(readers_module, "TIME_LIMIT_SECONDS", 3)
    with readers(most=1) as pool:
        with pytest.raises(ReaderLostError) as lost:
            pool.run(function, 1)
        assert lost.value.rule_id == rule_id
        assert pool.run(double, 4) == 8


def test_the_others_go_on_in_their_order():
    with readers() as pool:
        results = list(pool.in_order(act, ((n, (n,)) for n in range(40))))
    assert [key for key, _ in results] == list(range(40))
    lost = {key: result.rule_id for key, result in results if isinstance(result, ReaderLostError)}
    assert lost == {3: "FILE-22", 5: "FILE-21"}
    assert [result for key, result in results if key not in lost] == [
        n * 2 for n in range(40) if n not in lost
    ]


def test_an_error_of_ours_is_told_as_it_is():
    with readers(most=1) as pool, pytest.raises(LookupError, match="nowhere"):
        pool.run(fail, 1)


def test_few_items_are_taken_ahead():
    taken = []

    def items():
        for n in range(100):
            taken.append(n)
            yield n, (n,)

    with readers() as pool:
        for key, _ in pool.in_order(double, items()):
            assert len(taken) - key <= 3 * os.cpu_count()


def test_no_process_stays_and_none_is_started_for_nothing():
    with readers() as pool:
        pass
    with readers() as pool:
        found = {pool.run(process_id, n) for n in range(3)}
    assert os.getpid() not in found
    for pid in found:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def _judge_in_a_daemon(path, sender) -> None:
    with readers(most=1) as pool:
        sender.send(pool.run(judge_file, path, districts.PROVINCE).verdict)


def test_a_daemonic_process_may_read_too(tmp_path):
    """A task of Airflow may run in one."""
    path = districts.make(tmp_path)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    daemon = context.Process(target=_judge_in_a_daemon, args=(path, sender), daemon=True)
    daemon.start()
    assert receiver.poll(60)
    assert receiver.recv() == "accepted"
    daemon.join(60)
    assert daemon.exitcode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_caller_that_is_stopped_leaves_no_process_behind(number, tmp_path):
    program = textwrap.dedent(
        """
        import os, signal, sys, time
        from pathlib import Path
        from ingest import readers as module
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        module.TIME_LIMIT_SECONDS = 3
        with module.readers() as pool:
            print(pool.run(os.getpid), flush=True)
            pool.run(time.sleep, 2)
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as caller:
        reader = int(caller.stdout.readline())
        caller.send_signal(number)
        caller.wait(30)
    deadline = time.monotonic() + 30
    while _is_alive(reader) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(reader)


def _is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as handle:
            return handle.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_main_script_without_a_guard_is_not_run_again(tmp_path):
    script = tmp_path / "careless.py"
    script.write_text(
        "import os\nfrom ingest.readers import readers\nprint('once')\n"
        "with readers() as pool:\n    print(pool.run(abs, -3))\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert run.stdout.split() == ["once", "3"]
