"""Studies: two workers against one, what the engine costs, what is left after kill -9, and two workers behind a scheduler.

threads   Steps of the report's network a second: one process with one BLAS thread, one with two, and two with one each.
scaling   Trials of the report's network (H = 180, CIFAR-10) a minute, with one and with two workers of this machine in turn.
          Counted after the first trial of each worker, which imports and reads the data.
overhead  Trials of about a second: the time that the workers were there, over the time that they trained and tested.
pace      Trials a second where training takes next to nothing: what one coordinator can hand out and write down.
split     One study on one worker, and on two `dask worker` processes behind a `dask scheduler`: trials and results compared.
kills     Studies whose coordinator, or a worker, or both are ended with SIGKILL at a random moment, and which are then taken up
          again: finished trials that were lost or done twice, results that differ from an undisturbed study, and processes
          that outlived the coordinator.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import psutil

from benchmarks.tables import Target, cores, machine, median, show_machine, show_table, show_targets, write_json

ROOT = Path(__file__).parent.parent
PARTS = ("threads", "scaling", "overhead", "pace", "split", "kills")
SHARES = ((1, 1), (1, 2), (2, 1))  # processes, and BLAS threads of each
SHARE_SECONDS = 5.0
PACE_TRIALS = 200
TURNS = 8  # trials of each worker that are counted
TRIAL_STEPS = 300  # of the report's network: one to two seconds
SECOND_STEPS = 8_000  # on the digits: about a second
DASK = (sys.executable, "-m", "dask")
KILLS = ("coordinator", "worker", "both")
TRIALS = 12  # of a study that is killed
START_SECONDS = 3.0  # until its first trials begin
ORPHAN_SECONDS = 10  # for the processes of a coordinator to notice that it has ended


@contextlib.contextmanager
def run_folder():
    """A run folder that is thrown away, also for processes started within."""
    before = os.environ.get("NNLIB_RUNS")
    with tempfile.TemporaryDirectory(prefix="backprop-lab-studies-", ignore_cleanup_errors=True) as folder:
        os.environ["NNLIB_RUNS"] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop("NNLIB_RUNS") if before is None else os.environ.update(NNLIB_RUNS=before)


def executed(name, settings, workers=None, scheduler=None):
    """Execute a study. Returns its records in the order they were finished, and at what second each was."""
    from nnlib.studies.coordinator import Coordinator, TrialDone

    records, times = [], []
    with Coordinator(name, settings, scheduler, workers) as coordinator:
        for event in coordinator.events(seconds=0.5):
            if isinstance(event, TrialDone):
                records.append(event.record)
                times.append(time.perf_counter())
    return records, times


# How the cores are best shared


def threads(rounds):
    """{(processes, threads of each): steps a second of all together, a list}, or None where CIFAR-10 is not."""
    if not has_cifar10():
        return None
    found = {share: [] for share in SHARES}
    for _ in range(rounds):
        for count, blas in found:
            with get_context("spawn").Pool(count, ready_to_train, (get_context("spawn").Barrier(count),)) as processes:
                found[count, blas].append(sum(processes.map(steps_per_second, [blas] * count, chunksize=1)))
    return found


def ready_to_train(barrier):
    """In each process of a pool: what the processes wait at for each other."""
    global together
    together = barrier


def steps_per_second(blas):
    """In a process: how fast the report's network learns with so many BLAS threads while the other processes train, too."""
    from threadpoolctl import threadpool_limits

    from nnlib.experiment.presets import PRESETS

    with threadpool_limits(blas, user_api="blas"):
        training = PRESETS["report"].training_on(PRESETS["report"].load())
        next(training.events(seconds=1.0))  # everything is in memory then
        together.wait()
        began, steps = time.perf_counter(), training.step
        for _ in training.events():
            if time.perf_counter() - began > SHARE_SECONDS:
                break
        return (training.step - steps) / (time.perf_counter() - began)


# Two workers against one


def has_cifar10():
    from nnlib.data import DataError
    from nnlib.experiment.presets import PRESETS

    try:
        PRESETS["report"].load()
    except DataError:
        return False
    return True


def scaling(rounds):
    """{workers: trials a minute, a list}, or None where CIFAR-10 is not."""
    from nnlib.studies.plans import planned

    if not has_cifar10():
        return None
    found = {1: [], 2: []}
    for turn in range(rounds):
        for workers in found:
            trials = (TURNS + 1) * workers
            settings = planned("lr", "cifar10", trials=trials, sampler="random", iterations=TRIAL_STEPS, seed=turn)
            _, times = executed(f"scaling-{turn}-{workers}", settings, workers)
            found[workers].append(60 * (len(times) - workers) / (times[-1] - times[workers - 1]))
    return found


def overhead(rounds):
    """For one worker and for one a core: {workers: share of the time that the workers did not train, a list}, and seconds a
    trial."""
    from nnlib.studies.plans import planned

    found, seconds = {workers: [] for workers in sorted({1, cores()})}, []
    for turn in range(rounds):
        for workers in found:
            sizes = tuple(range(60, 60 + (TURNS + 1) * workers))  # so many that cost about the same
            settings = planned("hidden", trials=len(sizes), seeds=1, iterations=SECOND_STEPS, hidden_values=sizes)
            records, times = executed(f"overhead-{turn}-{workers}", settings, workers)
            trained = sum(record.seconds for record in records[workers:])
            found[workers].append(workers * (times[-1] - times[workers - 1]) / trained - 1)
            seconds += [record.seconds for record in records]
    return found, median(seconds)


def pace(rounds):
    """Trials a second on a worker for each core, a list."""
    from nnlib.studies.plans import planned

    found, workers = [], cores()
    for turn in range(rounds):
        settings = planned("lr", trials=PACE_TRIALS, seeds=1, sampler="random", iterations=1, seed=turn)
        _, times = executed(f"pace-{turn}", settings, workers)
        found.append((len(times) - workers) / (times[-1] - times[workers - 1]))
    return found


# Behind a scheduler


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def scheduler_with_workers(count):
    """The address of a `dask scheduler` with `count` `dask worker` processes of one thread each."""
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = [*DASK, "scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", str(port)]
    worker = [*DASK, "worker", address, "--no-dashboard", "--nthreads", "1"]
    with contextlib.ExitStack() as ends:
        for command in (start, *[worker] * count):
            process = subprocess.Popen(command, **quiet)
            ends.callback(process.wait)
            ends.callback(process.terminate)
        yield address


def split():
    """(the same trials and results, who worked): a study on one worker against two behind a scheduler."""
    from nnlib.studies.plans import planned

    settings = planned("grid", trials=12, seeds=2, iterations=2000, sampler="random", seed=7)
    alone, _ = executed("one", settings, 1)
    with scheduler_with_workers(2) as address:
        wait_for_workers(address, 2)
        together, _ = executed("two", settings, scheduler=address)
    return _results(alone) == _results(together), len({record.worker for record in together})


def wait_for_workers(address, count):
    from distributed import Client

    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def _results(records):
    return {record.number: (record.params, record.val_accuracies, record.test_accuracies) for record in records}


# kill -9


def command(name):
    options = f"--trials {TRIALS} --seeds 1 --iterations 3000 --workers 2 --json --resume".split()
    return [sys.executable, "-m", "nnlib", "study", "hidden", "--name", name, *options]


def trial_lines(text):
    """The trials in the output of a command; a line that was being written when its process died is left out."""
    lines = []
    for line in text.splitlines():
        with contextlib.suppress(ValueError):
            lines.append(json.loads(line))
    return [line for line in lines if line["event"] == "trial"]


def shown(name):
    show = [sys.executable, "-m", "nnlib", "study", "show", name, "--json"]
    return trial_lines(subprocess.run(show, cwd=ROOT, capture_output=True, text=True).stdout)


def kill_once(name, what, after, delay):
    """Begin a study, end `what` with SIGKILL `delay` seconds after so many trials, take it up again. What went wrong, a dict.

    after  finished trials, -1 for none and counted from the start of the process. "landed" tells whether it was still going.
    """
    process = subprocess.Popen(command(name), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = [process.stdout.readline() for _ in range(after + 1)]  # the first line is the start event
    time.sleep(delay)
    landed = process.poll() is None
    family = psutil.Process(process.pid).children(recursive=True) if landed else []
    workers = [each for each in family if "spawn_main" in " ".join(_command_line(each))]
    if what != "coordinator" and workers:
        with contextlib.suppress(psutil.NoSuchProcess):
            random.choice(workers).send_signal(signal.SIGKILL)
    if what != "worker":
        process.kill()
    first = trial_lines("".join(output) + process.communicate(timeout=300)[0])
    orphans = psutil.wait_procs(family, timeout=ORPHAN_SECONDS)[1]
    again = subprocess.run(command(name), cwd=ROOT, capture_output=True, text=True, timeout=300)
    second, stored = trial_lines(again.stdout), shown(name)
    numbers = [trial["number"] for trial in stored]
    return {
        "what": what, "after": after, "delay": delay, "landed": landed, "finished_before": len(first),
        "lost": sum(_result(trial) not in map(_result, stored) for trial in first) + len(set(range(TRIALS)) - set(numbers)),
        "doubled": len({t["number"] for t in first} & {t["number"] for t in second}) + len(numbers) - len(set(numbers)),
        "orphans": len(orphans), "failed": int(again.returncode != 0), "results": sorted(map(_result, stored)),
    }  # fmt: skip


def _command_line(process):
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []


def _result(trial):
    return trial["number"], trial["params"]["hidden"], tuple(trial["val_accuracies"]), tuple(trial["test_accuracies"])


def kills(count, seed):
    """`count` studies killed and taken up again: what went wrong with each. One that ended too soon to be killed is no kill."""
    rng = random.Random(seed)
    subprocess.run(command("undisturbed"), cwd=ROOT, capture_output=True, check=True)
    expected = shown("undisturbed")
    seconds = median(trial["seconds"] for trial in expected)
    expected = sorted(map(_result, expected))
    found = []
    names = (f"killed-{i}" for i in itertools.count())
    while len(found) < count:
        after = rng.randrange(-1, TRIALS - 1)
        delay = rng.uniform(0, START_SECONDS if after < 0 else seconds)
        tried = kill_once(next(names), KILLS[len(found) % len(KILLS)], after, delay)
        tried["different"] = sum(a != b for a, b in itertools.zip_longest(expected, tried.pop("results")))
        if tried["landed"]:
            found.append(tried)
    return found


# Output


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks study", description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    parser.add_argument("--rounds", type=int, default=3, help="turns of scaling and overhead")
    parser.add_argument("--kills", type=int, default=20, help="studies to kill")
    parser.add_argument("--seed", type=int, default=0, help="of the moments at which they are")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about, found, targets = machine(), {}, []
    with run_folder():
        for part in options.only:
            found[part], reached = MEASURES[part](options)
            targets += reached
    if options.json:
        write_json({"benchmark": "study", "machine": about, **found}, targets)
        return 0
    show_machine(about)
    for title, columns, rows in (table for part in options.only for table in TABLES[part](found[part])):
        show_table(title, columns, rows)
    show_targets(targets)
    return 0


def _measure_threads(options):
    return threads(options.rounds), []


def _measure_pace(options):
    return pace(options.rounds), []


def _measure_scaling(options):
    found = scaling(options.rounds)
    what = "trials a minute, two workers against one"
    if found is None:
        return None, [Target(what, 1.7, None, at_least=True, note="CIFAR-10 is not here: NNLIB_DATA=folder")]
    return found, [Target(what, 1.7, median(found[2]) / median(found[1]), at_least=True)]


def _measure_overhead(options):
    found, seconds = overhead(options.rounds)
    reached = [
        Target(f"beyond trials of {seconds:.1f} s, {workers} workers", 10, 100 * median(shares), " %")
        for workers, shares in found.items()
    ]
    return found, reached


def _measure_split(options):
    same, workers = split()
    target = Target("two workers behind a scheduler: different from one", 0, 0 if same and workers == 2 else 1, "")
    return {"same": same, "workers": workers}, [target]


def _measure_kills(options):
    found = kills(options.kills, options.seed)
    what = f"{len(found)} kills: finished trials"
    total = {wrong: sum(each[wrong] for each in found) for wrong in ("lost", "doubled", "different", "orphans")}
    outlived = Target("processes that outlived a coordinator", 0, total.pop("orphans"), "")
    return found, [*(Target(f"{what} {wrong}", 0, number, "") for wrong, number in total.items()), outlived]


def _show_threads(found):
    rows = [[*map(str, share), *(f"{figure:.0f}" for figure in figures)] for share, figures in (found or {}).items()]
    if rows:
        yield "Steps a second of the report's network", ["processes", "threads of each", *_turns(rows, 2)], rows


def _show_pace(found):
    rows = [[f"{cores()}", *(f"{figure:.1f}" for figure in found)]]
    yield "Trials a second of one step each", ["workers", *_turns(rows)], rows


def _show_scaling(found):
    rows = [[f"{workers}", *(f"{figure:.1f}" for figure in figures)] for workers, figures in (found or {}).items()]
    if rows:
        yield f"Trials a minute, report's network, {TRIAL_STEPS} steps", ["workers", *_turns(rows)], rows


def _show_overhead(found):
    rows = [[f"{workers}", *(f"{share:.1%}" for share in shares)] for workers, shares in found.items()]
    yield "Time of the workers beyond their trials", ["workers", *_turns(rows)], rows


def _show_split(found):
    yield "One worker, and two behind a scheduler", ["the same", "workers"], [[str(found["same"]), found["workers"]]]


def _show_kills(found):
    columns = ["what", "after", "delay", "finished_before", "lost", "doubled", "different", "orphans", "failed"]
    rows = [[f"{each[name]:.2f}" if name == "delay" else each[name] for name in columns] for each in found]
    yield "Killed, and taken up again", columns, rows


def _turns(rows, heads=1):
    return [f"turn {i + 1}" for i in range(len(rows[0]) - heads)]


MEASURES = {
    "threads": _measure_threads, "scaling": _measure_scaling, "overhead": _measure_overhead, "pace": _measure_pace,
    "split": _measure_split, "kills": _measure_kills,
}  # fmt: skip
TABLES = {
    "threads": _show_threads, "scaling": _show_scaling, "overhead": _show_overhead, "pace": _show_pace,
    "split": _show_split, "kills": _show_kills,
}  # fmt: skip
