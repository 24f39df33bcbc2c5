"""A small training engine for CPUs: seeded, resumable, and saved atomically.

Work is split over single-threaded processes that share memory: each computes gradients on
its own samples, then updates its own part of the parameters. On few and busy cores this
wastes less time than threads inside every operation.
"""

import math
import multiprocessing
import os
import random
import time
from dataclasses import dataclass

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402  (the line above must come first)

from files import load_state, save_state  # noqa: E402
from optimiser import Moments, adam_step, muon_step, wants_muon  # noqa: E402


@dataclass
class Plan:
    """How long and how fast to train. `minutes`, when given, ends the run by the clock."""

    steps: int
    minutes: float | None = None
    rate: float = 0.015
    adam_rate: float = 1e-3
    weight_decay: float = 0.0
    ema: float = 0.998
    warm_steps: int = 100
    flat: float = 0.6
    workers: int = 2
    seed: int = 1
    save_seconds: float = 120.0


def shared(tensor):
    return tensor.detach().clone().share_memory_()


class Trainer:
    """Trains `models` (name -> module) with `loss(rank, rng, step)`.

    `loss` returns a scalar tensor and a dict of numbers to print; random numbers come from
    `rng` and torch's generator, both seeded from (seed, rank, step).
    """

    def __init__(self, models, loss, plan, folder, adam_only=()):
        self.models, self.loss, self.plan, self.folder = models, loss, plan, folder
        for model in models.values():
            model.share_memory()
        self.named = [
            (f"{part}.{name}", parameter)
            for part, model in models.items()
            for name, parameter in model.named_parameters()
            if parameter.requires_grad
        ]
        self.uses_muon = [wants_muon(name, p, adam_only) for name, p in self.named]
        self.averages = [shared(p) for _, p in self.named]
        self.moments = [Moments(shared(0 * p), shared(0 * p)) for _, p in self.named]
        self.gradients = [[shared(0 * p) for _, p in self.named] for _ in range(plan.workers)]
        self.numbers = torch.zeros(plan.workers, 8).share_memory_()
        self.progress = torch.zeros(1, dtype=torch.float64).share_memory_()
        self.owner = self._share_out()
        self.step = self.age = 0
        self.barrier = multiprocessing.get_context("fork").Barrier(plan.workers)

    def _share_out(self):
        """Gives each parameter to the worker with the least to update so far."""
        load, owner = [0] * self.plan.workers, [0] * len(self.named)
        costs = [p.numel() * (3 if muon else 1) for (_, p), muon in zip(self.named, self.uses_muon)]
        for index in sorted(range(len(costs)), key=lambda i: -costs[i]):
            owner[index] = load.index(min(load))
            load[owner[index]] += costs[index]
        return owner

    # ------------------------------------------------------------ saving

    def averaged_state(self):
        """The models' state dicts with moving averages in the place of parameters."""
        kept = {name: average for (name, _), average in zip(self.named, self.averages)}
        return {
            part: {n: kept.get(f"{part}.{n}", p).clone() for n, p in model.state_dict().items()}
            for part, model in self.models.items()
        }

    def save(self):
        raw = {part: model.state_dict() for part, model in self.models.items()}
        moments = {n: (m.first, m.second) for (n, _), m in zip(self.named, self.moments)}
        state = {"step": self.step, "age": self.age, "raw": raw, "moments": moments}
        save_state(self.folder, state | {"ema": self.averaged_state()})

    def resume(self):
        """Continues from the folder's last state, if it has one."""
        state = load_state(self.folder)
        if state is None:
            return False
        for part, model in self.models.items():
            model.load_state_dict(state["raw"][part])
        for (name, _), average, moments in zip(self.named, self.averages, self.moments):
            part, rest = name.split(".", 1)
            average.copy_(state["ema"][part][rest])
            for target, source in zip((moments.first, moments.second), state["moments"][name]):
                target.copy_(source)
        self.step, self.age = state["step"], state["age"]
        return True

    def adopt_averages(self):
        """Starts the moving averages at the present parameters."""
        for (_, parameter), average in zip(self.named, self.averages):
            average.copy_(parameter.detach())

    # ------------------------------------------------------------ training

    def _factor(self):
        """Learning rate factor: rises, stays, falls to a fiftieth."""
        rise = min(1.0, (self.age + 1) / self.plan.warm_steps)
        left = (1.0 - float(self.progress)) / (1.0 - self.plan.flat)
        return min(rise, 1.0, 0.02 + 0.98 * max(0.0, left))

    @torch.no_grad()
    def _update(self, rank):
        plan, factor = self.plan, self._factor()
        keep = min(plan.ema, (1 + self.age) / (20 + self.age))
        for index, (_, parameter) in enumerate(self.named):
            if self.owner[index] != rank:
                continue
            gradient = sum(worker[index] for worker in self.gradients) / plan.workers
            if self.uses_muon[index]:
                parameter.mul_(1.0 - factor * plan.rate * plan.weight_decay)
                muon_step(parameter, gradient, self.moments[index], factor * plan.rate)
            else:
                rate = factor * plan.adam_rate
                adam_step(parameter, gradient, self.moments[index], rate, self.age + 1)
            self.averages[index].lerp_(parameter, 1.0 - keep)

    def _one_step(self, rank):
        seed = (self.plan.seed * 1_000_003 + self.step) * 64 + rank
        torch.manual_seed(seed)
        for (_, parameter), gradient in zip(self.named, self.gradients[rank]):
            gradient.zero_()
            parameter.grad = gradient
        loss, numbers = self.loss(rank, random.Random(seed), self.step)
        loss.backward()
        for column, value in enumerate(numbers.values()):
            self.numbers[rank, column] = value
        self.barrier.wait()
        self._update(rank)
        self.step, self.age = self.step + 1, self.age + 1
        return list(numbers)

    def _measure_progress(self, first, start):
        done = (self.step - first) / max(1, self.plan.steps - first)
        if self.plan.minutes:
            done = max(done, (time.time() - start) / 60.0 / self.plan.minutes)
        self.progress[0] = min(1.0, done)

    def _work(self, rank):
        torch.set_num_threads(1)
        first, start = self.step, time.time()
        spoke = saved = start
        sums, count = torch.zeros(8), 0
        while True:
            if rank == 0:
                self._measure_progress(first, start)
            self.barrier.wait()
            if self.step >= self.plan.steps or float(self.progress) >= 1.0:
                break
            names = self._one_step(rank)
            self.barrier.wait()
            if rank:
                continue
            sums, count, now = sums + self.numbers.mean(0), count + 1, time.time()
            if now - spoke > 30 or self.step == self.plan.steps:
                shown = " ".join(f"{n} {v:.4f}" for n, v in zip(names, (sums / count).tolist()))
                print(f"{time.strftime('%H:%M:%S')} step {self.step} {shown}", flush=True)
                spoke, sums, count = now, torch.zeros(8), 0
            if now - saved > self.plan.save_seconds:
                self.save()
                saved = now
        if rank == 0:
            self.save()

    def run(self):
        context = multiprocessing.get_context("fork")
        others = [
            context.Process(target=self._work, args=(rank,), daemon=True)
            for rank in range(1, self.plan.workers)
        ]
        for process in others:
            process.start()
        self._work(0)
        for process in others:
            process.join()
        if not all(math.isfinite(float(average.sum())) for average in self.averages):
            raise RuntimeError("training diverged: a parameter is not a number")
