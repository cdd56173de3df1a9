"""What a learner expected, what came out, and how it compares with earlier runs."""

import csv
import re

from .lab import PHONE, WIDE, expect
from .server import until

COLOURS = "element => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
DRAWN_FOR_THEIR_SIZE = "part => [...part.querySelectorAll('canvas')].every((each) => each.width === each.clientWidth)"


def test_a_finished_run_shows_its_results_and_is_named_compared_and_continued(lab, tmp_path):
    lab.open("?iterations=400&hidden=12&seed=3&noise=0.2")
    lab.run_to()
    _expect_results(lab, tmp_path / "metrics.csv")
    expect(lab.find("runs")).to_be_hidden()
    lab.live("learning_rate", 0.5)
    expect(lab.page).to_have_url(re.compile("learning_rate=0.5"))
    lab.play.click()
    runs = lab.find("runs").locator("li")
    expect(runs).to_have_count(2)
    expect(runs.first).to_contain_text("2: learning rate 0.5")
    expect(runs.last).to_contain_text("1: H 12 · lr 0.1")
    lab.expect_state("finished")
    lab.live("learning_rate", 0.01)
    expect(lab.page).to_have_url(re.compile("learning_rate=0.01"))
    lab.play.click()
    expect(runs).to_have_count(3)
    lab.expect_state("finished")
    lab.find("run-1-name").click()
    lab.page.get_by_label("Name of run 1").fill("first try")
    lab.page.keyboard.press("Enter")
    lab.find("run-1-pin").click()
    lab.find("run-2-remove").click()
    expect(runs).to_have_count(2)
    lab.page.reload()
    lab.expect_state("finished")
    _expect_test_accuracy(lab)
    expect(runs).to_have_count(2)
    expect(lab.find("run-1-name")).to_have_text("1: first try")
    expect(lab.find("run-1-pin")).to_have_attribute("aria-pressed", "true")
    lab.find("run-1-compare").click()
    expect(lab.find("beside-words")).to_contain_text("the same initial weights. Different: learning rate 0.01 here, 0.1 there.")
    expect(lab.find("there-title")).to_have_text("1, step 400")
    here, there = (lab.find(f"{side}-regions").bounding_box() for side in ("here", "there"))
    assert here["x"] + here["width"] <= there["x"], "the planes lie side by side"
    lab.page.set_viewport_size({**WIDE, "width": 1000})
    until(lambda: lab.find("beside").evaluate(DRAWN_FOR_THEIR_SIZE), "the planes are drawn for their new size")
    lab.page.set_viewport_size(WIDE)
    colour, background = lab.find("run-1-compare").evaluate(COLOURS)
    assert colour != background, "the pressed button can be read while the pointer is on it"
    before = lab.run
    lab.find("time-range").fill("48")
    expect(lab.find("readout-step")).to_have_text("64 / 400")
    expect(lab.find("there-title")).to_have_text("1, step 64")
    expect(lab.find("loss-title")).to_have_text(re.compile(r"^Loss \d\.\d+ at step 64$"))
    expect(lab.find("accuracy-title")).to_have_text(re.compile(r"^Validation [\d.]+\s% at step \d+$"))
    lab.find("run-1-hide").click()
    expect(lab.find("run-1-hide")).to_have_attribute("aria-pressed", "true")
    lab.live("learning_rate", 0.3)
    expect(lab.page).to_have_url(re.compile("learning_rate=0.3"))
    runs_before = lab.server.all_runs()
    lab.find("pace-10").check()
    lab.find("train-on").dblclick()
    expect(lab.view).not_to_have_attribute("data-run", before)
    lab.expect_training()
    lab.page.reload()
    expect(lab.find("pace-10")).to_be_checked()
    lab.find("pace-full").check()
    lab.expect_state("finished")
    assert lab.server.all_runs() - runs_before == {lab.run}
    expect(lab.find("run-4-name")).to_have_text("4: from step 64, learning rate 0.3")
    expect(lab.find("run-1-hide")).to_have_attribute("aria-pressed", "true")
    [change] = lab.server.events(lab.run, "control")
    assert (change["step"], change["learning_rate"]) == (64, 0.3)
    losses = [[loss for event in lab.server.events(run, "metrics") for loss in event["loss"]] for run in (before, lab.run)]
    assert losses[0][:64] == losses[1][:64] and losses[0][64:66] != losses[1][64:66]


def _expect_results(lab, path):
    """The finished run shows how it did, and gives its numbers away."""
    expect(lab.status).to_have_text("Finished after 400 steps")
    lab.find("see-why").click()
    expect(lab.find("verdict-title")).to_be_in_viewport()
    end = _expect_test_accuracy(lab)
    rows = lab.find("confusion-table").locator("tbody tr")
    expect(rows).to_have_count(3)
    shown = [[int(cell.replace(",", "")) for cell in row.locator("td:not(.right)").all_inner_texts()] for row in rows.all()]
    assert shown == end["confusion"]
    mistakes = lab.find("mistakes-list").locator("li")
    expect(mistakes).to_have_count(min(12, len(end["mistakes"])))
    expect(mistakes.first).to_contain_text("predicted as")
    expect(lab.find("verdict-why")).to_have_text(re.compile(r"\w"))
    expect(lab.find("verdict-next")).to_have_text(re.compile(r"^Try next: \w"))

    with lab.page.expect_download() as download:
        lab.find("download-metrics").click()
    download.value.save_as(path)
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["step", "loss", "train_accuracy", "val_loss", "val_accuracy"]
    assert [int(row["step"]) for row in table if row["loss"]] == list(range(1, 401))
    assert any(0 <= float(row["val_accuracy"]) <= 1 for row in table if row["val_accuracy"])


def _expect_test_accuracy(lab):
    """The view shows that of the run's last event, which it returns."""
    [end] = lab.server.events(lab.run, "finished")
    expect(lab.find("test-accuracy")).to_have_text(f"{100 * end['test_accuracy']:.1f} %")
    return end


def test_the_expectation_is_asked_before_and_compared_after(lab):
    lab.open("?iterations=1000000&dataset=blobs&seed=2")
    for expectation, compared in (("learns", "Correct."), ("diverges", "In fact,")):
        expect(lab.find("expectation")).to_be_visible()
        lab.find(f"expect-{expectation}").check()
        lab.start()
        expect(lab.find("tale")).to_contain_text("Your prediction")
        expect(lab.find("expectation")).to_be_hidden()
        lab.expect_beyond(300)
        lab.find("stop").click()
        lab.expect_state("stopped")
        expect(lab.find("tale")).to_contain_text(compared)
        expect(lab.find("verdict-expectation")).to_contain_text(compared)
        expect(lab.find("verdict-title")).to_have_text("It learned well")
        assert lab.server.read(lab.run, "run.json")["expectation"] == expectation
        lab.find("reset").click()
        lab.expect_ready()
    lab.page.wait_for_function("localStorage.getItem('backprop-lab-progress')?.includes('what will happen?')")


def test_the_diverging_preset_says_what_happened_and_what_to_try(lab):
    lab.open()
    lab.choose("Start from", "Learning rate too large: it diverges")
    lab.expect_parameters(learning_rate="30.0")
    lab.run_to("diverged")
    expect(lab.status).to_have_text(re.compile(r"^Diverged at step [\d,]+$"))
    end = lab.server.events(lab.run, "diverged")[0]
    expect(lab.find("tale")).to_contain_text(end["reason"])
    expect(lab.find("tale")).to_contain_text(end["advice"])
    expect(lab.find("verdict-title")).to_have_text(f"It diverged at step {end['step']:,}")
    expect(lab.find("verdict-next")).to_contain_text("Try next:")
    expect(lab.find("test-accuracy-box")).to_be_hidden()
    expect(lab.play).to_be_enabled()
    lab.live("learning_rate", 0.1)
    expect(lab.page).to_have_url(re.compile(r"/train(\?(?!.*learning_rate).*)?$"))
    lab.play.click()  # and what it advises can be tried at once
    lab.expect_training()


def test_a_mission_is_won_by_a_run_that_the_server_repeats(lab):
    lab.open()
    lab.page.get_by_role("button", name="Missions 0/13").click()
    reason = lab.page.get_by_role("radio", name="Something that bends")
    expect(reason).to_be_attached()
    lab.settle()
    reason.focus()
    lab.page.keyboard.press("Space")
    lab.page.get_by_role("button", name="This is my answer").click()
    lab.page.get_by_role("button", name="Set it up").click()
    expect(lab.page).to_have_url(re.compile("dataset=xor&.*hidden=none"))
    lab.find("layer-add").click()
    expect(lab.page).to_have_url(re.compile(r"dataset=xor&.*hidden=\d"))
    lab.start()
    expect(lab.page.get_by_text("at least 95 %")).to_be_visible()
    lab.expect_beyond(600)
    lab.pause()
    expect(lab.page.get_by_text("seeds 0 to 2")).to_be_visible()
    lab.page.set_viewport_size(PHONE)
    lab.settle()
    lab.expect_no_overflow("on a phone, with the missions open")
    lab.page.reload()
    expect(lab.page.get_by_role("button", name="Missions 1/13")).to_be_visible()
