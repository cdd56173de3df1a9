"""Steering a run: the buttons, the three live controls, the keyboard."""

import re
import subprocess
import sys

from pages.train.one_step.choice import counted_from_one
from tests.patience import PATIENCE

from .lab import expect
from .server import until
from .test_flow_layout import expect_in_view

ESSENTIALS = [
    "play", "step", "epoch", "stop", "reset", "learning_rate-range", "reg-range", "batch_size-range", "readout",
    "loss-canvas", "boundary-canvas", "network-canvas", "layer-add", "units-add-0", "pace",
]  # fmt: skip


def test_home_leads_to_the_live_page_by_its_one_button_and_the_browser_back_and_forward(lab):
    lab.page.goto(lab.server.url)
    main = lab.page.get_by_test_id("stMain")
    expect(main.get_by_role("heading", level=1)).to_be_visible()
    picture = main.get_by_role("img").and_(lab.page.locator("img")).first
    expect(picture).to_be_visible()
    until(lambda: picture.evaluate("picture => picture.naturalWidth"), "the picture is loaded")
    button = main.get_by_role("button", name="Train a network")
    expect(button).to_be_visible()
    expect(main.locator("[data-testid=stBaseButton-primary]")).to_have_count(1)
    lab.page.wait_for_load_state("networkidle")
    button.click()
    expect(lab.page).to_have_url(re.compile(r"/train(\?|$)"))
    lab.expect_ready()
    lab.settle()
    lab.page.go_back()
    expect(button).to_be_visible()
    expect(lab.view).to_have_count(0)
    lab.page.go_forward()
    lab.expect_ready()


def test_a_run_is_drawn_in_place_in_slow_motion_and_at_full_speed(lab):
    lab.page.goto(f"{lab.server.url}/train?iterations=60000")  # evaluated every 300 steps
    lab.expect_ready()
    lab.find("pace-10").check()
    run = lab.start()
    lab.settle()
    expect_in_view(lab, ESSENTIALS)
    canvases = ["loss-canvas", "accuracy-canvas", "boundary-canvas"]
    for testid in canvases:
        lab.find(testid).evaluate("canvas => { canvas.mark = 'the same'; }")
    said = lab.streamlit_messages
    before = {testid: lab.picture(testid) for testid in canvases}
    readout = lab.find("readout-step").inner_text()

    for testid in canvases:
        lab.expect_new_picture(testid, before[testid])
    expect(lab.find("readout-step")).not_to_have_text(readout)
    expect(lab.find("readout-speed")).to_have_text(re.compile(r"\d"))
    expect(lab.find("readout-left")).to_have_text(re.compile(r"\d"))
    expect(lab.find("readout-train")).to_have_text(re.compile(r"\d\s%"))
    expect(lab.find("readout-val")).to_have_text(re.compile(r"\d\s%"))
    lab.find("pace-full").check()
    lab.expect_beyond(2000)
    lab.expect_frames(5)  # more could take a slow browser longer than the run lasts
    assert lab.run == run
    assert lab.streamlit_messages == said
    for testid in canvases:
        assert lab.find(testid).evaluate("canvas => canvas.mark") == "the same"


def test_a_run_is_stepped_taken_home_resumed_and_stopped(lab, tmp_path):
    lab.open_endless()
    lab.find("step").click()
    lab.expect_paused_at(1)
    for part in ("readout-train", "readout-val"):  # of the network as it is, long before the first epoch has passed
        expect(lab.find(part)).to_have_text(re.compile(r"\d\s%"))
    lab.expect_colours("loss-canvas", 10)
    expect(lab.find("play-label")).to_have_text("Resume")
    lab.find("step").click()
    lab.expect_paused_at(2)

    run = lab.run
    per_epoch = lab.server.read(run, "started.json")["steps_per_epoch"]
    for epoch in (1, 2):
        lab.find("epoch").click()
        lab.expect_paused_at(epoch * per_epoch)
    last = lab.server.events(run, "metrics")[-1]  # on disk before the browser heard of the pause
    assert last["first"] + len(last["loss"]) - 1 == 2 * per_epoch
    take_home(lab, run, last["loss"][-1], tmp_path / "run.py")

    lab.play.click()
    lab.expect_state("running")
    lab.expect_beyond(2 * per_epoch)
    lab.find("stop").click()
    lab.expect_state("stopped")
    expect(lab.status).to_have_text(re.compile(r"^Stopped after [\d,]+ steps$"))
    expect(lab.find("take-home")).to_be_visible()
    expect(lab.find("test-accuracy")).to_have_text(re.compile(r"^\d+\.\d\s%$"))
    assert lab.run == run


def take_home(lab, run, loss, path):
    """Download the program of a paused run; it prints the run's newest loss."""
    lab.find("take-home").locator("summary").press("Enter")
    with lab.page.expect_download() as download:
        lab.find("take-script").click()
    assert download.value.suggested_filename == f"run-{run[:8]}.py"
    download.value.save_as(path)
    program = [sys.executable, "-P", str(path)]
    printed = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, cwd=path.parent, check=True).stdout
    assert f"\nloss {loss!r} val_accuracy " in f"\n{printed}"
    lab.page.keyboard.press("Escape")
    expect(lab.find("take-script")).to_be_hidden()


def test_a_paused_run_stands_still(lab):
    run = lab.open_endless().start()
    step = lab.pause()
    # What another tab is told, freshly asked, is told after anything the worker could still have said.
    other = lab.page.context.new_page()
    other.goto(lab.page.url)
    expect(other.get_by_test_id("status-text")).to_have_text(f"Paused at step {step:,}")
    lab.expect_paused_at(step)
    assert sum(len(event["loss"]) for event in lab.server.events(run, "metrics")) == step
    other.close()
    _explain_its_next_step(lab, step)


# The first position on a canvas, right of and below a place, at which a click chooses something. A click is at a whole pixel of
# the window, also where the canvas does not begin at one.
CHOOSES = """(canvas, [left, top]) => {
    const { x, y, right, bottom } = canvas.getBoundingClientRect();
    for (let clientY = Math.ceil(y + top); clientY < bottom; clientY += 4)
        for (let clientX = Math.ceil(x + left); clientX < right; clientX += 4) {
            canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
            const chooses = [canvas, canvas.parentElement].some(({ style }) => style.cursor === "pointer");
            if (chooses) return { x: clientX - x, y: clientY - y };
        }
}"""


def _explain_its_next_step(lab, step):
    """Click a point and a link, read the new weight, compute a number, reload, go back in time, and name a bias."""
    panel = lab.page.locator(".st-key-beside_live_one_step")
    numbers = panel.get_by_role("radio")

    def choose(testid, parameter, place):
        lab.settle()
        before = lab.parameters.get(parameter)
        lab.find(testid).click(position=lab.find(testid).evaluate(CHOOSES, place))
        until(lambda: lab.parameters.get(parameter) != before or lab.page.wait_for_timeout(50), f"another {parameter}")
        return lab.parameters[parameter]

    example = choose("points-canvas", "example", [60, 60])
    expect(panel).to_contain_text(re.compile(rf"Step {step + 1:,}: x. → unit \d"))
    middle = lab.find("network-canvas").bounding_box()["width"] / 2
    weight = choose("network-canvas", "explain", [middle + 30, 140])  # of the second layer: one of the first is chosen already
    expect(panel.get_by_label("Weight or bias", exact=True)).to_have_value(counted_from_one(weight))
    numbers.last.click()
    expect(panel).to_contain_text("The run's own next step, taken on a copy, gives")

    numbers.nth(1).click()
    expect(panel).to_contain_text("adds up")
    right = numbers.nth(1).inner_text().split()[-1]
    panel.get_by_text("You compute the next one").click()
    expect(numbers.nth(1)).to_contain_text("?")
    for text, said in (("7", "That is not the number"), (right, "Right.")):
        panel.get_by_label("Your number", exact=True).fill(text)
        panel.get_by_role("button", name="Check").click()
        expect(panel).to_contain_text(said)
        lab.settle()

    lab.page.reload()
    lab.expect_paused_at(step)
    expect(panel).to_contain_text("adds up")
    lab.find("time-range").press("Home")
    expect(panel).to_contain_text("Step 1:")
    lab.settle()
    lab.page.reload()
    expect(panel).to_contain_text("Step 1:")
    expect(lab.find("readout-step")).to_have_text("0 / 1,000,000")
    parameters = {name: lab.parameters[name] for name in ("explain", "example", "at", "line")}
    assert parameters == {"explain": weight, "example": example, "at": "0", "line": "1"}

    panel.get_by_label("Weight or bias", exact=True).fill("b1[3]")
    panel.get_by_label("Weight or bias", exact=True).press("Enter")
    expect(panel).to_contain_text("the bias of unit 3 of hidden layer 1")
    lab.find("time-now").click()
    lab.play.click()
    expect(panel).to_contain_text("Pause the run")


def test_live_controls_act_on_the_running_network_which_reset_puts_aside(lab):
    run = lab.open_endless().start()

    def controls():
        return lab.server.events(run, "control")

    lab.live("learning_rate", "-3")
    expect(lab.find("learning_rate-number")).to_have_attribute("aria-invalid", "true")
    lab.live("batch_size", 9)  # obeyed after anything that the bad rate might have sent
    until(lambda: any(event["batch_size"] == 9 for event in controls()), "a control event with the new batch size")
    assert {event["learning_rate"] for event in controls()} == {0.1}

    lab.live("learning_rate", 0.025)
    expect(lab.find("readout-rate")).to_have_text("0.025")
    until(lambda: any(event["learning_rate"] == 0.025 for event in controls()), "a control event with the new rate")
    lab.live("reg", 0.003)
    until(lambda: any(event["reg"] == 0.003 for event in controls()), "a control event with the new penalty")
    lab.live("batch_size", 7)
    until(lambda: any(event["batch_size"] == 7 for event in controls()), "a control event with the newest batch size")
    last = controls()[-1]
    assert (last["learning_rate"], last["reg"], last["batch_size"]) == (0.025, 0.003, 7)
    assert last["step"] > 0
    lab.expect_state("running")
    assert lab.run == run
    changed = {"learning_rate": "0.025", "reg": "0.003", "batch_size": "7"}
    lab.expect_parameters(iterations="1000000", hidden="12", **changed)

    expect(lab.find("runs")).to_be_hidden()
    lab.find("reset").click()
    lab.expect_ready()
    expect(lab.find("runs").locator("li")).to_have_count(1)
    expect(lab.find("readout-step")).to_have_text("0 / 1,000,000")
    expect(lab.find("expectation")).to_be_visible()
    lab.expect_parameters(iterations="1000000", hidden="12", **changed)
    expect(lab.page).not_to_have_url(re.compile("run="))
    until(lambda: not lab.server.workers(run), "the run that was put aside has ended")

    run = lab.start()
    lab.find("new-weights").click()
    lab.expect_ready()
    expect(lab.find("notice")).to_have_text("Your run was stopped. Show it again to continue its training.")
    lab.find("notice").get_by_role("link").click()
    lab.expect_state("stopped")
    assert lab.run == run
    expect(lab.find("train-on")).to_have_text(re.compile(r"^Continue from step [\d,]+$"))
    lab.settle()
    lab.page.go_back()
    lab.expect_ready()


def test_everything_by_keyboard(lab):
    lab.open_endless()
    lab.settle()
    _tab_to(lab, "play")
    lab.page.keyboard.press("Enter")
    run = lab.expect_training()
    expect(lab.play).to_be_focused()
    _tab_to(lab, "learning_rate-range")
    slider = lab.find("learning_rate-range")
    before = slider.get_attribute("aria-valuetext")
    for _ in range(40):
        lab.page.keyboard.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuetext", before)
    smaller = float(lab.find("learning_rate-number").input_value())
    assert smaller < 0.1
    until(
        lambda: any(event["learning_rate"] == smaller for event in lab.server.events(run, "control")),
        "the run takes over the rate set by the arrow keys",
    )
    lab.view.focus()
    lab.page.keyboard.press("Space")
    step = lab.paused_at()
    lab.page.keyboard.press("s")
    lab.expect_paused_at(step + 1)
    lab.page.keyboard.press("Space")
    lab.expect_beyond(step + 1)
    lab.page.keyboard.press("x")
    lab.expect_state("stopped")
    lab.page.keyboard.press("r")
    lab.expect_ready()

    lab.page.keyboard.press("Space")
    lab.expect_training()
    button = lab.find("reset")
    button.focus()
    lab.page.keyboard.press("Enter")
    lab.expect_ready()
    lab.settle()
    expect(button).to_be_focused()
    expect(button).to_be_disabled()
    lab.page.keyboard.press("Enter")
    expect(lab.status).to_have_text("Ready")


def _tab_to(lab, testid, most=80):
    """Press Tab until the part has the focus."""
    for _ in range(most):
        focused = lab.page.evaluate("""() => {
            let each = document.activeElement;
            while (each?.shadowRoot?.activeElement) each = each.shadowRoot.activeElement;
            return each?.dataset?.testid ?? null;
        }""")
        if focused == testid:
            return
        lab.page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not lead to {testid}")


def test_start_pressed_twice_makes_one_run(lab):
    lab.open_endless()
    before = lab.server.all_runs()
    lab.play.evaluate("button => { button.click(); button.click(); }")
    run = lab.expect_training()
    lab.expect_beyond(50)
    assert lab.server.all_runs() - before == {run}

    reset(lab)
    before = lab.server.all_runs()
    lab.play.dblclick(delay=30)  # the second click may come when the button says Pause already
    lab.expect_state("running", "paused")
    assert lab.server.all_runs() - before == {lab.run}

    reset(lab)
    lab.play.dblclick()
    lab.expect_training()
    lab.play.click()
    lab.expect_state("paused")
    lab.play.dblclick()  # Resume and Pause: not the same as Start
    lab.expect_state("paused")


def reset(lab):
    lab.find("reset").click()
    lab.expect_ready()
