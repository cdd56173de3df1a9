"""A study from its beginning to what it found: paused, left and taken up, stopped and resumed, judged and taken away."""

import re

from .lab import expect


def test_a_study_is_run_paused_reloaded_stopped_resumed_judged_and_taken_away(lab):
    lab.page.goto(f"{lab.server.url}/tuning?trials=8&seeds=1&iterations=6000")
    lab.expect_ready()
    expect(lab.find("study-trials")).to_have_text("0 / 8")
    lab.play.click()
    lab.expect_beyond(0)
    lab.play.click()
    lab.expect_state("paused")
    done = lab.step
    assert done < 8
    expect(lab.page.get_by_text(f"is the best of {done} trial")).to_be_visible()
    expect(lab.status).to_have_text(re.compile(f"^Paused after {done} trials?$"))
    lab.page.reload()
    lab.expect_state("paused")
    assert lab.step == done
    expect(lab.find("verdicts")).to_contain_text("Not enough data")
    expect(lab.find("resume")).to_be_hidden()
    lab.play.click()
    lab.expect_state("running")
    lab.find("stop").click()
    lab.expect_state("stopped")
    expect(lab.find("tale")).to_contain_text("Resume trains the others")
    lab.find("resume").click()
    lab.expect_state("finished")
    expect(lab.find("resume")).to_be_hidden()
    expect(lab.find("study-trials")).to_have_text("8 / 8")
    expect(lab.page.get_by_text("is the best of 8 trials")).to_be_visible()
    expect(lab.find("verdicts")).to_contain_text(re.compile("to the largest third it (grows|falls) by"))
    told = lab.server.events(lab.run, "trial")
    assert sorted(event["number"] for event in told) == list(range(8))
    lab.settle()
    points = lab.page.get_by_test_id("stVegaLiteChart").first.locator("path[aria-roledescription=circle]")
    expect(points).to_have_count(8)  # it is drawn anew for each trial
    points.nth(2).click(force=True)
    expect(lab.page.get_by_text(re.compile("How the networks of trial [0-7] learned"))).to_be_in_viewport()  # beside it
    with lab.page.expect_download() as taken:
        lab.page.get_by_role("button", name="Download as CSV").click()
    lines = taken.value.path().read_text().splitlines()
    assert len(lines) == 9 and lines[0].startswith("number,state,hidden,val_accuracy")
    lab.page.reload()
    lab.expect_state("finished")
    lab.find("reset").click()
    lab.expect_ready()
    expect(lab.page).not_to_have_url(re.compile("run="))
    expect(lab.page.get_by_text("No trial is finished yet")).to_be_visible()
