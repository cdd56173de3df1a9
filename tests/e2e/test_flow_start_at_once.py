"""Start pressed on the heels of a change: the run has the settings that the learner sees, not those that had arrived."""

from nnlib.runs.store import RunFolder

from .lab import expect

UNMOUNT = """async (view) => {
    const module = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/view.js")).name;
    (await import(module)).unmount(view.getRootNode());
}"""


def settings(lab):
    """Of the run on view, as the server keeps them."""
    return RunFolder(lab.server.runs / lab.run).about["settings"]


def test_start_waits_for_the_page_to_hear_of_a_change_and_of_a_field_that_is_left_by_the_keyboard(lab):
    hold = lab.hold_answers()
    lab.open("?iterations=100")
    lab.settle()
    hold(True)
    lab.choose("Activation", "tanh", quick=True)
    lab.play.click()
    expect(lab.play).to_have_attribute("aria-busy", "true")
    expect(lab.status).to_have_text("Waiting for the settings…")
    lab.expect_state("none")
    hold(False)
    lab.expect_state("finished")
    assert settings(lab)["activation"] == "tanh"
    expect(lab.play).to_have_attribute("aria-busy", "false")

    # Streamlit at times draws the view anew. A start that waits is not lost then, also where a run is on view.
    before = lab.run
    hold(True)
    lab.choose("Activation", "ReLU", quick=True)
    lab.play.click()
    expect(lab.play).to_have_attribute("aria-busy", "true")
    lab.view.evaluate(UNMOUNT)
    hold(False)
    expect(lab.view).not_to_have_attribute("data-run", before)
    lab.expect_state("finished")
    assert settings(lab)["activation"] == "relu"

    lab.find("reset").click()
    lab.expect_ready()
    lab.sidebar.get_by_label("Iterations", exact=True).fill("1234")
    lab.view.press("s")
    lab.expect_paused_at(1)
    assert settings(lab)["iterations"] == 1234
