"""Leaving a run and coming back to it: reload, second tab, another page, the browser's own buttons."""

import re

from .lab import expect
from .server import until

# How many bytes came from the server for each of the modules that the page has loaded: size → modules.
SIZES_OF_MODULES = """() => Object.groupBy(
    performance.getEntriesByType("resource").filter((each) => each.name.includes("/modules/")),
    (each) => each.transferSize,
)"""


def test_a_reload_comes_back_to_the_same_run_with_its_history(lab):
    run = lab.open_endless().start()
    lab.expect_beyond(200)
    step = lab.step
    lab.find("time-range").press("Home")
    expect(lab.status).to_have_text("Training. Showing an earlier step")
    lab.page.reload()
    lab.expect_training()
    assert lab.run == run
    assert lab.page.evaluate(SIZES_OF_MODULES).keys() == {"0"}, "the browser has the modules already"
    lab.expect_beyond(step)
    expect(lab.find("readout-step")).to_have_text("0 / 1,000,000")
    lab.find("time-now").click()
    _go_back_and_return(lab)
    # Paused, the curve moves no more: it must begin where the run began, not where the page was opened again.
    lab.pause()
    expect(lab.find("loss-title")).to_have_text(re.compile(r"^Loss \d"))
    lab.expect_colours("loss-canvas", 10)
    until(lambda: _first_drawn(lab) < 0.05, "the curve begins at the first step")
    assert lab.server.all_runs() >= {run}
    expect(lab.find("accuracy-title")).to_have_text(re.compile(r"^Validation \d"))


def _go_back_and_return(lab):
    """Show the first steps of a run, which were drawn before the reload, while it trains on."""
    slider, shown = lab.find("time-range"), lab.find("readout-step")
    slider.press("Home")
    expect(shown).to_have_text("0 / 1,000,000")
    expect(lab.find("boundary-title")).to_have_text("Predictions before the first step")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^step 0 of [\d,]+"))
    expect(lab.status).to_have_text("Training. Showing an earlier step")
    picture = lab.picture("boundary-canvas")
    lab.expect_beyond(lab.step)
    expect(shown).to_have_text("0 / 1,000,000")
    assert lab.picture("boundary-canvas") == picture
    slider.press("ArrowRight")
    expect(shown).to_have_text("1 / 1,000,000")
    lab.expect_new_picture("boundary-canvas", picture)
    expect(lab.find("train-on")).to_have_text("Continue from step 1")
    lab.find("time-now").click()
    expect(slider).to_have_attribute("aria-valuetext", "now")
    expect(lab.status).to_have_text("Training")
    expect(lab.find("boundary-title")).to_have_text("What the network predicts")


def _first_drawn(lab):
    """Where on the loss chart's x axis the dark line begins, as a share of the axis."""
    return lab.find("loss-canvas").evaluate("""canvas => {
        const { width, height } = canvas, scale = width / canvas.clientWidth;
        const [left, right] = [46 * scale, width - 12 * scale], [top, bottom] = [26 * scale, height - 36 * scale];
        const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
        for (let x = Math.ceil(left) + 2; x < right; x++)
            for (let y = Math.ceil(top); y < bottom; y++) {
                const at = 4 * (y * width + x);
                const dark = pixels[at + 3] > 200 && pixels[at] + pixels[at + 1] + pixels[at + 2] < 250;
                if (dark) return (x - left) / (right - left);
            }
        return 1;
    }""")


def test_a_second_tab_sees_the_same_run_and_steers_it_for_both(visit, server):
    visitor = visit(server)
    first, second = visitor.tab(), visitor.tab()
    run = first.open_endless().start()
    second.page.goto(first.page.url)
    second.expect_training()
    assert second.run == run

    step = second.pause()
    first.expect_paused_at(step)
    first.find("step").click()
    second.expect_paused_at(step + 1)
    second.live("learning_rate", 0.0125)
    expect(first.find("readout-rate")).to_have_text("0.0125")
    expect(first.find("learning_rate-number")).to_have_value("0.0125")
    first.play.click()
    second.expect_state("running")
    second.find("stop").click()
    first.expect_state("stopped")
    expect(second.find("test-accuracy")).to_have_text(re.compile(r"\d"))
    expect(first.find("test-accuracy")).to_have_text(second.find("test-accuracy").inner_text())
    assert server.all_runs() >= {run}


def test_address_and_view_agree_wherever_the_learner_has_been(lab):
    run = lab.open_endless().start()
    lab.settle()
    lab.page.go_back()  # to the link without the run, as it was before Start
    lab.expect_ready()
    expect(lab.page).not_to_have_url(re.compile("run="))
    lab.settle()
    lab.page.go_forward()
    lab.expect_training()
    assert lab.run == run

    step = lab.step
    _go_home(lab)
    written = max(step, _written(lab, run))
    until(lambda: _written(lab, run) > written, "the run goes on while its learner reads Home")
    assert lab.server.workers(run)
    lab.choose_page("Train", "Train")
    lab.expect_training()
    assert lab.run == run
    lab.expect_beyond(written)

    _go_home(lab)
    lab.page.go_back()
    lab.expect_training()
    assert lab.run == run
    assert lab.parameters["hidden"] == "12"


def _go_home(lab):
    lab.page.get_by_role("link", name="Home").click()
    expect(lab.page).to_have_url(f"{lab.server.url}/")
    expect(lab.page.get_by_role("heading", level=1)).to_be_visible()
    expect(lab.view).to_have_count(0)


def _written(lab, run):
    """The newest step whose loss is on disk."""
    return max((event["first"] + len(event["loss"]) - 1 for event in lab.server.events(run, "metrics")), default=0)
