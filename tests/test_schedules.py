import pytest

from nnlib.schedules import schedule_named


@pytest.mark.parametrize(
    ("name", "epoch", "progress", "factor"),
    [
        ("constant", 7.5, 0.5, 1),
        ("decay", 0.99, 0.1, 1),
        ("decay", 1.0, 0.1, 0.95),
        ("decay", 3.7, 0.1, 0.95**3),
        ("cosine", 0, 0, 1),
        ("cosine", 0, 0.5, 0.5),
        ("cosine", 0, 1, 0),
    ],
)
def test_factor_on_the_learning_rate(name, epoch, progress, factor):
    assert schedule_named(name)(epoch, progress, 0.95) == pytest.approx(factor, abs=1e-12)
