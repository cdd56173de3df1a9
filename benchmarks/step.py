"""One training step against the two large matrix products alone, textbook NumPy, torch and scikit-learn.

The step is that of the report's network, D = 3072, H = 180, K = 10, B = 200, float32, SGD with λ = 0.25: forward, loss,
backward, update. Every contender starts from the same weights and sees the same batch. torch takes the penalty as weight
decay, so the loss it reports lacks the penalty's value, which saves it a pass over W1.

Every contender lives in a process of its own. In one process, threads of two pools (NumPy's OpenBLAS, torch's OpenMP) spin
beside each other for some milliseconds after each product and spoil each other's times. The processes take turns, one short
block of steps at a time, with a nap between two turns that lets the pool of the last one fall asleep. A ratio is taken
within a round, from blocks that lie about a second apart, and the table shows the median over rounds: what disturbs the
machine for longer than a round disturbs both sides of a ratio.

Each library chooses its own kernels for this processor: a choice that the environment forces on OpenBLAS alone is dropped, as
it would handicap one side.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.tables import Target, cores, machine, median, show_machine, show_table, show_targets, write_json

ROOT = Path(__file__).parent.parent
NETWORKS = {"report": (3072, 180, 10, 200), "spiral": (2, 50, 3, 64)}  # D, H, K, B
LEARNING_RATE, REG = 1e-3, 0.25
EPOCH = 250  # batches of the loop's data, as of the report's training set
BLOCK_SECONDS, NAP_SECONDS, WARM_UP = 0.12, 0.08, 3


# The contenders: each takes the sizes and returns a function that does one step (the loop: an epoch) and returns the loss (the
# products: nothing).


def products(D, H, K, B):
    """X W1 and Xᵀ ∂J/∂z2 into buffers that exist already: what no step can do without."""
    X, _ = batch(D, K, B)
    W1 = weights(D, H, K)["W1"]
    delta = X[:, :1] * np.ones(H, np.float32)
    z, gradient = np.empty((B, H), np.float32), np.empty_like(W1)

    def step():
        np.matmul(X, W1, out=z)
        np.matmul(X.T, delta, out=gradient)

    return step


def ours(D, H, K, B):
    """nnlib.fast_step.TrainingStep, what every run uses."""
    from nnlib.fast_step import TrainingStep
    from nnlib.optimisers import SGD

    X, y = batch(D, K, B)
    net = network(D, H, K, np.float32)
    take_step = TrainingStep(net, SGD(net.params), B)
    return lambda: take_step(X, y, LEARNING_RATE, REG)


def loop(D, H, K, B):
    """`nnlib.train` as a caller sees it: an epoch over float32 rows in memory, with the accuracies measured at its end."""
    from nnlib import train

    X, y = batch(D, K, EPOCH * B)
    net = network(D, H, K, np.float32)
    X_val, y_val = X[:1000], y[:1000]

    def epoch():
        return train(net, X, y, X_val, y_val, LEARNING_RATE, REG, iterations=EPOCH, batch_size=B).loss[-1]

    return epoch


def textbook(dtype):
    """`MLP.loss` as a student reads it, and θ ← θ − η g."""

    def make(D, H, K, B):
        X, y = batch(D, K, B)
        X = X.astype(dtype)
        net = network(D, H, K, dtype)

        def step():
            J, grads = net.loss(X, y, REG)
            for name, theta in net.params.items():
                theta -= LEARNING_RATE * grads[name]
            return J

        return step

    return make


def torch_eager(D, H, K, B):
    """nn.Sequential, cross-entropy and SGD, λ as weight decay (2λ, on the weights only)."""
    import torch
    from torch import nn

    X, y = (torch.from_numpy(array) for array in batch(D, K, B))
    net = nn.Sequential(nn.Linear(D, H), nn.ReLU(), nn.Linear(H, K))
    for layer, l in ((net[0], 1), (net[2], 2)):
        start = weights(D, H, K)
        layer.weight.data.copy_(torch.from_numpy(start[f"W{l}"].T))
        layer.bias.data.copy_(torch.from_numpy(start[f"b{l}"]))
    groups = [
        {"params": [net[0].weight, net[2].weight], "weight_decay": 2 * REG},
        {"params": [net[0].bias, net[2].bias], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.SGD(groups, lr=LEARNING_RATE)
    criterion = nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad()
        loss = criterion(net(X), y)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def scikit_learn(D, H, K, B):
    """MLPClassifier.partial_fit on one batch. Its penalty is α/2B Σ‖W‖², so α = 2Bλ."""
    from sklearn.neural_network import MLPClassifier

    X, y = batch(D, K, B)
    net = MLPClassifier(
        (H,), solver="sgd", alpha=2 * B * REG, batch_size=B, learning_rate_init=LEARNING_RATE, momentum=0.0,
        nesterovs_momentum=False,
    )  # fmt: skip
    net.partial_fit(X, y, classes=np.arange(K))
    start = weights(D, H, K)
    net.coefs_ = [start["W1"], start["W2"]]
    net.intercepts_ = [start["b1"], start["b2"]]

    def step():
        net.partial_fit(X, y)
        return net.loss_

    return step


CONTENDERS = {
    "products alone": products,
    "this step": ours,
    "this loop": loop,
    "textbook float32": textbook(np.float32),
    "textbook float64": textbook(np.float64),
    "torch eager": torch_eager,
    "scikit-learn": scikit_learn,
}


def batch(D, K, B):
    """X (B, D) float32 and y (B,), the same for every contender."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((B, D), np.float32), rng.integers(0, K, B)


def network(D, H, K, dtype):
    from nnlib import TwoLayerNet

    return TwoLayerNet(D, H, K, std=1e-2, seed=0, dtype=dtype)


def weights(D, H, K):
    return network(D, H, K, np.float32).params


# One process a contender: it reads one request a line, and answers each with the milliseconds of a step.


def serve(name, sizes):
    step = CONTENDERS[name](*sizes)
    steps = EPOCH if name == "this loop" else 1  # of one call
    for _ in range(WARM_UP):
        loss = step()
    print(json.dumps({"loss": loss, "blas": machine()["blas"]}), flush=True)
    for line in sys.stdin:
        limit_threads(int(line))
        print(json.dumps(milliseconds_a_call(step, warm_up=WARM_UP // steps, calls=5 // steps) / steps), flush=True)


def milliseconds_a_call(step, warm_up, calls):
    """The median over one block of at least `calls`, after a few that wake the threads up."""
    for _ in range(warm_up):
        step()
    times = []
    end = time.perf_counter() + BLOCK_SECONDS
    while time.perf_counter() < end or len(times) < calls:
        started = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - started))
    return median(times)


def limit_threads(count):
    from threadpoolctl import threadpool_limits

    threadpool_limits(count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


def unforced_environment():
    """The environment without what steers OpenBLAS (OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, …)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}


class Contender:
    """The near end of such a process."""

    def __init__(self, name, network_name):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.step", name, network_name],
            cwd=ROOT, env=unforced_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        first = json.loads(self.process.stdout.readline())
        self.loss, self.blas = first["loss"], first["blas"]

    def measure(self, threads):
        time.sleep(NAP_SECONDS)
        print(threads, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(network_name, rounds, thread_counts):
    """{threads: {contender: [milliseconds a step, one for each round]}} and each contender's loss after the warm-up,
    and the BLAS of NumPy in their processes."""
    contenders = {}
    times = {threads: {name: [] for name in CONTENDERS} for threads in thread_counts}
    try:
        for name in CONTENDERS:
            contenders[name] = Contender(name, network_name)
        for _ in range(rounds):
            for threads in thread_counts:
                for name, contender in contenders.items():
                    times[threads][name].append(contender.measure(threads))
        return times, {name: contender.loss for name, contender in contenders.items()}, contenders["this step"].blas
    finally:
        for contender in contenders.values():
            contender.close()


def ratio(times, name, other):
    """How many times as long `name` takes: the median of the ratios within a round."""
    return median(mine / theirs for mine, theirs in zip(times[name], times[other]))


def targets(times):
    found = []
    for threads, by_name in times.items():
        words = "1 thread" if threads == 1 else f"{threads} threads"
        limits = {"products alone": 1.10 if threads == 1 else 1.25, "torch eager": 0.70, "scikit-learn": 0.65}
        for other, limit in limits.items():
            found.append(Target(f"this step / {other}, {words}", limit, ratio(by_name, "this step", other)))
        limit = 1.20 if threads == 1 else 1.35
        found.append(Target(f"this loop / products alone, {words}", limit, ratio(by_name, "this loop", "products alone")))
    return found


def show(network_name, times):
    D, H, K, B = NETWORKS[network_name]
    print(f"One step, D={D} H={H} K={K} B={B}, SGD, λ={REG}")
    for threads, by_name in times.items():
        rows = [
            [name, f"{median(ms):.3f}", f"{min(ms):.3f}", f"{ratio(by_name, name, 'products alone'):.2f}×",
             f"{ratio(by_name, 'this step', name):.2f}×"]
            for name, ms in by_name.items()
        ]  # fmt: skip
        columns = ["contender", "ms, median", "ms, least", "÷ products", "this step ÷ it"]
        show_table(f"{threads} BLAS thread{'s' if threads > 1 else ''}, {len(by_name['this step'])} rounds", columns, rows)


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks step", description=__doc__.split("\n")[0])
    parser.add_argument("--network", choices=NETWORKS, default="report", help="the report's on CIFAR-10, or the spiral's")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()
    times, losses, about["blas"] = measure(options.network, options.rounds, sorted({1, cores()}))
    found = targets(times) if options.network == "report" else []
    if options.json:
        result = {"benchmark": "step", "network": options.network, "machine": about, "milliseconds": times, "loss": losses}
        write_json(result, found)
    else:
        show_machine(about)
        show(options.network, times)
        if found:
            show_targets(found)
    return 0


if __name__ == "__main__":
    serve(sys.argv[1], NETWORKS[sys.argv[2]])
