"""The way through the lessons, by what each part offers next."""

import pytest

from pages.lesson.lessons import LESSONS
from tests.pages.opened import opened

AFTER = {
    "forward": "softmax",
    "softmax": "backpropagation",
    "backpropagation": "gradient_check",
    "gradient_check": "convolution",
    "convolution": "train",
}


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.key for lesson in LESSONS])
def test_next_leads_through_every_part_to_the_next_page(lesson):
    at = opened(lesson.key)
    seen = [at.header[0].value]
    while following := [each for each in at.button if each.key == f"next_{lesson.key}"]:
        following[0].click().run()
        assert not at.exception
        seen.append(at.header[0].value)
    assert seen == list(lesson.names.values())
    (onward,) = [each.proto for each in at.get("page_link") if each.proto.label.startswith("Next: ")]
    assert onward.page == AFTER[lesson.key]
