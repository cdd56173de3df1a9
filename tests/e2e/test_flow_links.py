"""The settings and the link: each makes the other, and neither is ever lost."""

import re
from urllib.parse import urlencode

from .lab import expect
from .server import until


def test_widgets_write_the_link_and_the_link_restores_them(visit, server):
    lab = visit(server).tab().open()
    lab.choose_data("Two moons")
    lab.expect_parameters(dataset="moons")
    lab.slide("Noise", "ArrowRight", 3)
    lab.slide("Hidden layers", "ArrowRight")
    expect(lab.sidebar.get_by_label("Units, layer 2", exact=True)).to_be_visible()
    lab.enter("Units, layer 1", 9)
    lab.enter("Units, layer 2", 7)
    lab.choose("Activation", "tanh")
    lab.choose("Initial weights", "normal, σ of your choice")
    lab.sidebar.get_by_text("Stop after a number of iterations").click()
    lab.enter("Iterations", 1234)
    lab.choose("Optimiser", "Adam")
    lab.sidebar.get_by_text("Schedule, penalty and seed").click()
    lab.choose("Learning-rate schedule", "decay every epoch")
    lab.slide("Decay an epoch", "ArrowLeft", 2)
    lab.choose("Kind of penalty", "L1: λ Σ |w|")
    lab.enter("Seed", 42)
    lab.live("learning_rate", 0.0321)
    lab.live("reg", 0.5)
    lab.live("batch_size", 17)
    expect(lab.page).to_have_url(re.compile("batch_size=17"))
    expect(lab.page).to_have_url(re.compile("seed=42"))
    said = lab.settings()
    parameters = lab.parameters
    named = {"dataset": "moons", "hidden": "9,7", "activation": "tanh", "init": "normal", "iterations": "1234"}
    named |= {"optimiser": "adam", "schedule": "decay", "lr_decay": "0.93", "penalty": "l1", "seed": "42"}
    named |= {"learning_rate": "0.0321", "reg": "0.5", "batch_size": "17"}
    assert named.items() <= parameters.items()

    other = visit(server).tab()
    other.page.goto(lab.page.url)
    other.expect_ready()
    other.sidebar.get_by_text("Schedule, penalty and seed").click()
    until(lambda: other.settings() == said, f"the settings {said}")
    other.expect_parameters(**parameters)
    expect(other.alerts()).to_have_count(0)


def test_widgets_moved_faster_than_the_page_runs_are_all_kept(lab):
    """What the browser sends with the second change still names the address from before the first."""
    hold = lab.hold_answers()
    lab.open("?iterations=5")
    lab.settle()
    hold(True)
    lab.slide("Hidden layers", "ArrowRight", quick=True)
    lab.enter("Iterations", 1234, quick=True)
    lab.choose("Activation", "tanh", quick=True)
    hold(False)
    lab.expect_parameters(hidden="50,50", iterations="1234", activation="tanh")
    lab.settle()
    expect(lab.sidebar.get_by_label("Units, layer 2", exact=True)).to_be_visible()
    expect(lab.sidebar.get_by_label("Iterations", exact=True)).to_have_value("1234")
    expect(lab.sidebar.get_by_label("Activation", exact=True)).to_have_value("tanh")


def test_a_preset_and_a_change_on_its_heels_leave_page_and_link_in_step(visit, server):
    """Which of the two wins is the page's to say; but it must be the same for the widgets and for the link."""
    lab = visit(server).tab()
    hold = lab.hold_answers()
    lab.open("?dataset=moons&seed=8")
    lab.settle()
    hold(True)
    lab.choose_data("Exclusive or", quick=True)
    lab.slide("Noise", "ArrowRight", 3, quick=True)
    lab.slide("Hidden layers", "ArrowRight", quick=True)
    hold(False)
    expect(lab.page).to_have_url(re.compile("dataset=xor"))
    said = lab.settings()
    expect(lab.page.get_by_test_id("stException")).to_have_count(0)
    other = visit(server).tab()
    other.page.goto(lab.page.url)
    other.expect_ready()
    until(lambda: other.settings() == said, f"the settings {said}")
    expect(other.sidebar.get_by_role("radio", name="Exclusive or", exact=True)).to_be_checked()


def test_presets_come_and_go_whole(lab):
    lab.open()
    lab.choose("Start from", "Moons, 16 tanh units")
    lab.expect_parameters(dataset="moons", hidden="16", activation="tanh")
    lab.enter("Units", 5)
    lab.expect_parameters(dataset="moons", hidden="5", activation="tanh")
    lab.choose("Start from", "Learning rate too large: it diverges")
    lab.expect_parameters(learning_rate="30.0")
    expect(lab.find("learning_rate-number")).to_have_value("30")
    lab.choose("Start from", "Spiral, 50 units")
    lab.expect_parameters()


HOSTILE = (
    "![i](http://elsewhere.example/i.png) [x](https://elsewhere.example) www.elsewhere.example a@elsewhere.example $x$ **x**"
)


def test_nonsense_in_the_link_is_named_as_it_is_and_replaced(lab):
    nonsense = {"learning_rate": "nan", "hidden": "50,lots", "dataset": "<script>alert(1)</script>", "run": "../../etc/passwd"}
    lab.page.goto(f"{lab.server.url}/train?{urlencode({**nonsense, HOSTILE: HOSTILE, 'seed': 5, 'activation': 'tanh'})}")
    expect(lab.alerts()).to_have_count(1)
    for each in (*nonsense, "![i](http"):
        expect(lab.alerts()).to_contain_text(each)
    expect(lab.alerts().locator("a, img, strong, .katex")).to_have_count(0)  # a request to elsewhere is a problem, too
    lab.expect_parameters(seed="5", activation="tanh")


def test_the_view_has_a_notice_for_a_run_that_is_gone_and_for_a_link_without_a_clipboard(lab):
    lab.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on plain http
    lab.open("?seed=3&name=Too+fast%3F&run=AAAAAAAAAAAAAAAAAAAAAA", ready=False)
    expect(lab.find("notice")).to_contain_text("no such run")
    lab.expect_ready()
    lab.expect_parameters(seed="3", name="Too fast?")
    lab.find("copy-link").click()
    expect(lab.find("notice").locator("input")).to_have_value(f"{lab.server.url}/train?seed=3&name=Too+fast%3F")
    expect(lab.find("notice").locator("input")).to_be_focused()


def test_the_copied_link_opens_the_experiment_and_that_of_a_run_shows_and_shares_it(visit, server):
    lab = visit(server).tab().open_endless("&hidden=12&noise=0.1&seed=3")
    run = lab.start()
    lab.live("learning_rate", 0.05)
    expect(lab.page).to_have_url(re.compile("learning_rate=0.05"))
    lab.settle()
    lab.find("copy-link").click()
    expect(lab.find("copy-link")).to_have_attribute("data-link", re.compile("learning_rate=0.05"))
    link = lab.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(server.url) and "run=" not in link

    other = visit(server).tab()
    other.page.goto(link)
    other.expect_ready()
    other.expect_parameters(**{name: value for name, value in lab.parameters.items() if name != "run"})
    until(lambda: other.settings() == lab.settings(), "the same settings")
    lab.expect_state("running")
    assert lab.run == run

    other.page.goto(f"{server.url}/train?run={run}")
    other.expect_training()
    expect(other.sidebar.get_by_label("Units", exact=True)).to_have_value("12")
    expect(other.find("learning_rate-number")).to_have_value("0.05")
    expect(other.find("settings-note")).to_be_hidden()
    other.expect_parameters(iterations="1000000", hidden="12", noise="0.1", seed="3", learning_rate="0.05")
    expect_to_watch_only(other, lab)
    lab.find("share").click()
    assert copied(lab, "copy-run") == f"{server.url}/train?run={run}"

    other.page.goto(copied(lab, "copy-control"))
    other.expect_training()
    assert other.run == run
    expect(other.page).not_to_have_url(re.compile("key="))
    other.pause()
    lab.expect_state("paused")


def expect_to_watch_only(other, lab):
    """What `other` does changes nothing of the run, which `lab` has started."""
    expect(other.status).to_have_text("Training. You are watching")
    for testid in ("play", "step", "epoch", "stop"):
        expect(other.find(testid)).to_be_disabled()
    other.live("learning_rate", 0.3)  # of a run of one's own
    other.settle()
    assert lab.find("learning_rate-number").input_value() == "0.05"
    other.find("share").click()
    expect(other.find("copy-control")).to_be_hidden()


def copied(lab, testid):
    """The link that a button copies."""
    lab.find(testid).click()
    expect(lab.find(testid)).to_have_attribute("data-link", re.compile("run="))
    return lab.page.evaluate("navigator.clipboard.readText()")


ON_TOP = """button => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return button.getRootNode().elementFromPoint(x + width / 2, y + height / 2) === button;
}"""


def test_other_structure_during_a_run_is_noted_and_loses_nothing(lab):
    run = lab.open_endless().start()
    expect(lab.find("settings-note")).to_be_hidden()
    lab.enter("Units", 20)
    expect(lab.find("settings-note")).to_be_visible()
    expect(lab.find("settings-note-text")).to_contain_text("Start new run")
    step = lab.step
    lab.expect_beyond(step)  # it goes on
    lab.expect_state("running")
    assert lab.run == run

    lab.find("adopt-settings").click()
    expect(lab.find("settings-note")).to_be_hidden()
    expect(lab.sidebar.get_by_label("Units", exact=True)).to_have_value("12")
    lab.expect_parameters(iterations="1000000", hidden="12")
    assert lab.run == run

    lab.enter("Units", 20)
    expect(lab.find("start-new")).to_be_visible()
    lab.find("batch_size-range").hover()
    assert lab.find("start-new").evaluate(ON_TOP), "what the slider says covers the button"
    lab.find("start-new").click()
    expect(lab.view).not_to_have_attribute("data-run", run)
    new = lab.expect_training()
    expect(lab.find("settings-note")).to_be_hidden()
    expect(lab.find("runs").locator("li")).to_have_count(2)
    expect(lab.page).not_to_have_url(re.compile(run))
    assert lab.server.read(new, "run.json")["settings"]["hidden"] == [20]
    assert lab.server.read(run, "run.json")["settings"]["hidden"] == [12]
