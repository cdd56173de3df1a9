"""The depth experiment: the collapse and what mends it, the table, why it collapses, the leaderboard."""

import json
import re
import zipfile

from nnlib.data import dataset_status, load_dataset

from .lab import PHONE, expect

DIGITS = "dataset=digits&batch_size=50"


def open_depth(lab, query=""):
    lab.page.goto(f"{lab.server.url}/depth{query}")
    lab.expect_ready()
    return lab


def percent(lab, testid):
    """The number that a readout shows, once it shows one."""
    readout = lab.find(testid)
    expect(readout).to_have_text(re.compile(r"\d"))
    return float(re.sub(r"[^\d.]", "", readout.inner_text()))


def test_three_layers_collapse_and_he_mends_it(lab):
    """On photographs where there are any: with three layers the report's network stays at chance, with He it learns."""
    photographs = dataset_status("cifar10").available
    if photographs:
        load_dataset("cifar10")  # which converts them, if no test before this one has: the page shows no signal until then
    open_depth(lab, "?epochs=1" if photographs else f"?{DIGITS}&epochs=15")
    lab.slide("Depth: hidden layers", "ArrowRight")
    expect(lab.find("signal-title")).to_contain_text("The signal is lost")
    lost = lab.picture("signal-canvas")
    lab.find("expect-stuck").check()
    lab.run_to()
    expect(lab.find("tale")).to_contain_text("You predicted that it would stay near chance. Correct.")
    assert percent(lab, "readout-val") < 20
    expect(lab.find("loss-title")).to_contain_text("2.30")
    expect(lab.find("verdict-next")).to_contain_text("He")
    lab.choose("Initial weights", "He")
    lab.run_to()
    expect(lab.find("signal-title")).to_contain_text("The signal keeps its size")
    lab.expect_new_picture("signal-canvas", lost)
    assert percent(lab, "readout-val") > 30
    expect(lab.find("runs")).to_contain_text("3 layers · σ 0.001")
    lab.page.reload()
    lab.expect_state("finished")
    expect(lab.find("signal-title")).to_contain_text("The signal keeps its size")
    lab.page.set_viewport_size(PHONE)
    lab.settle()
    lab.expect_no_overflow()
    lab.page.get_by_test_id("stMain").get_by_text("Leaderboard", exact=True).click()
    if not photographs:
        lab.page.get_by_text("Handwritten digits").click()
    expect(lab.page.get_by_test_id("leaderboard")).to_contain_text("3 layers: 50, 40, 30")


def test_a_run_is_paused_left_and_taken_up(lab):
    open_depth(lab, f"?{DIGITS}&epochs=500&depth=2&init=he")
    lab.find("pace-10").check()  # so that it does not end before the test, however busy the machine is
    lab.start()
    step = lab.pause()
    lab.find("step").click()
    lab.expect_paused_at(step + 1)
    lab.play.click()
    lab.expect_beyond(step + 5)
    left_at = lab.step
    lab.page.get_by_test_id("stMain").get_by_text("Why it collapses", exact=True).click()
    lab.predict()
    expect(lab.page.get_by_test_id("signal-by-layer")).to_be_visible()
    lab.page.go_back()
    lab.expect_beyond(left_at)
    lab.find("stop").click()
    lab.expect_state("stopped")
    expect(lab.find("confusion-table").locator("tbody tr")).to_have_count(10)
    with lab.page.expect_download() as download:
        lab.find("download-network").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
    with lab.page.expect_download() as download:
        lab.find("download-settings").click()
    assert json.loads(download.value.path().read_text())["settings"]["init"] == "he"
