import pytest
import torch

from nnlib.schedules import SCHEDULES, one_cycle, schedule_named


@pytest.mark.parametrize(
    ("name", "epoch", "step", "factor"),
    [
        ("constant", 7.5, 5, 1),
        ("decay", 0.99, 1, 1),
        ("decay", 1.0, 1, 0.95),
        ("decay", 3.7, 1, 0.95**3),
        ("cosine", 0, 0, 1),
        ("cosine", 0, 5, 0.5),
        ("cosine", 0, 10, 0),
        ("cosine", 0, 11, 0),
    ],
)
def test_factor_on_the_learning_rate(name, epoch, step, factor):
    assert schedule_named(name)(epoch, step, 10, 0.95) == pytest.approx(factor, abs=1e-12)


TORCH = {
    "constant": lambda optimiser, steps: torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1.0),
    "decay": lambda optimiser, steps: torch.optim.lr_scheduler.StepLR(optimiser, step_size=4, gamma=0.9),
    "cosine": lambda optimiser, steps: torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps),
    "one_cycle": lambda optimiser, steps: torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=1.0, total_steps=steps),
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # a scheduler without steps of its optimiser
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 10, 97, 1000])
@pytest.mark.parametrize("name", TORCH)
def test_each_schedule_is_that_of_torch_at_every_step(name, steps):
    schedule = (SCHEDULES | {"one_cycle": one_cycle})[name]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = TORCH[name](optimiser, steps)
    for step in range(steps):
        ours = schedule(step / 4, step, steps, 0.9)  # four steps an epoch
        assert ours == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-9, abs=1e-15)
        if step + 1 < steps:
            scheduler.step()


def test_one_cycle_ends_at_a_ten_thousandth_of_its_beginning():
    assert one_cycle(0, 0, 100, 0.95) == pytest.approx(1 / 25)
    assert one_cycle(0, 99, 100, 0.95) == one_cycle(0, 100, 100, 0.95) == pytest.approx(4e-6)


def test_an_unknown_schedule_is_rejected():
    with pytest.raises(ValueError, match="schedule = 'step'"):
        schedule_named("step")
