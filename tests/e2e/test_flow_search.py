"""A race of samplers from what is expected of it to what came of it: it is paused, left, taken up, and judged with its luck."""

import re

from .lab import PHONE, expect

PLANES = ("Grid", "Random", "TPE")


def test_a_race_is_predicted_run_paused_reloaded_and_judged(visit, server):
    lab = visit(server, viewport=PHONE, color_scheme="dark").tab()
    page = lab.page
    page.goto(f"{server.url}/tuning?part=search&side=2&rounds=1&iterations=1000")
    lab.expect_ready()
    expect(lab.find("study-trials")).to_have_text("0 / 12")
    page.get_by_text("None: they tie").click()
    page.get_by_role("button", name="This is my answer").click()
    lab.settle()
    lab.expect_no_overflow()
    lab.play.click()
    lab.expect_beyond(0)
    lab.play.click()
    lab.expect_state("paused")
    done = lab.step
    assert done < 12
    page.reload()
    lab.expect_state("paused")
    assert lab.step == done
    expect(page.get_by_text("You predict: None: they tie.")).to_be_visible()
    lab.play.click()
    lab.expect_state("finished")
    expect(lab.find("study-trials")).to_have_text("12 / 12")
    expect(lab.find("study-best")).to_have_text(re.compile("by (grid|random|TPE) at hidden size"))
    expect(page.get_by_text(re.compile("is ahead by|A tie"))).to_be_visible()
    expect(page.get_by_text("You predicted: None: they tie.")).to_be_visible()
    for name in PLANES:
        expect(page.get_by_text(re.compile(rf"^{name}: \d learning rates?, \d of 4 trials"))).to_be_visible()
    told = lab.server.events(lab.run, "trial")
    assert sorted((event["sampler"], event["number"]) for event in told) == [
        (sampler, number) for sampler in ("grid", "random", "tpe") for number in range(4)
    ]
    lab.settle()
    lab.expect_no_overflow()
    page.get_by_text("Studies", exact=True).click()
    lab.settle()  # for a moment both parts are there
    expect(lab.find("study-trials")).to_have_text("0 / 12")  # of the part's own study, which has as many points
    page.go_back()
    lab.settle()
    lab.expect_state("finished")
