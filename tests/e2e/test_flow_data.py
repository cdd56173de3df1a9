"""Images, photographs, a learner's own points, and the drawing of the network."""

import re

import pytest

from nnlib.data import dataset_status

from .lab import PHONE, expect
from .server import until

GOOD = "x,y,label\n" + "".join(
    f"{x / 10},{y / 10},{'<img src=x onerror=alert(1)>' if x > 0 else 'blue, cold'}\n".replace("blue, cold", '"blue, cold"')
    for x in (-12, -10, -8, 8, 10, 12)
    for y in range(-10, 11, 2)
)
HOSTILE = {"binary.csv": b"\x89PNG\r\n\x1a\n\x00\xff\xfe\x00", "formula.csv": b'x,y,label\n=cmd|"/C calc"!A1,2,a\n' * 20}


def test_digits_show_a_gallery_and_the_weights_as_pictures(lab):
    lab.open_endless("&dataset=digits&hidden=16")
    expect(lab.view).to_have_attribute("data-kind", "image")
    expect(lab.find("boundary")).to_be_hidden()
    expect(lab.find("example-0")).to_be_visible()
    nothing = lab.picture("weights-canvas")
    lab.start()
    lab.expect_new_picture("weights-canvas", nothing)
    expect(lab.find("gallery-title")).to_have_text(re.compile(r"^\d+ of these \d+ validation images right$"))
    expect(lab.find("example-0")).to_have_attribute(
        "aria-label", re.compile(r"Image of \d: the network predicts \d with \d+\s%")
    )
    expect(lab.find("network")).to_be_hidden()
    numbers = lab.find("weights-unit")
    lab.find("weights-canvas").click(position={"x": 5, "y": 5})
    expect(numbers).to_contain_text(re.compile(r"^Unit 1: bias .*, weights up to ±.* Weights to the classes: 0: .*, 9: "))
    lab.page.keyboard.press("ArrowRight")
    expect(numbers).to_contain_text("Unit 2:")
    lab.page.keyboard.press("Escape")
    expect(numbers).to_be_hidden()
    bars = lab.find("example-0").locator("canvas.bars")
    before = bars.evaluate("canvas => canvas.toDataURL()")
    lab.page.wait_for_function("([c, old]) => c.toDataURL() !== old", arg=[bars.element_handle(), before], polling=50)
    lab.find("stop").click()
    lab.expect_state("stopped")
    expect(lab.find("confusion-table").locator("tbody tr")).to_have_count(10)
    expect(lab.find("mistakes-list").locator("li").first.locator("canvas.image")).to_be_visible()
    lab.page.set_viewport_size(PHONE)
    lab.settle()
    lab.expect_no_overflow("on a phone")


def test_the_network_is_seen_touched_and_changed(lab):
    lab.open_endless("&hidden=6,4")
    title = lab.find("boundary-title")
    lab.expect_colours("network-canvas", 20)  # of the untrained network
    lab.expect_colours("boundary-canvas", 1)
    expect(title).to_have_text("What the untrained network predicts")
    predictions = lab.picture("boundary-canvas")
    lab.find("unit-1-0").hover()
    expect(title).to_have_text("Hidden layer 1, unit 1")
    lab.expect_new_picture("boundary-canvas", predictions)
    lab.find("loss-title").hover()
    expect(title).to_have_text("What the untrained network predicts")
    until(lambda: lab.picture("boundary-canvas") == predictions, "the plane shows the predictions again")

    # A unit in numbers, by the keyboard; one of its weights is changed before the first step.
    lab.find("unit-1-2").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(title).to_have_text(re.compile("Hidden layer 2, unit [1-4]"))
    lab.page.keyboard.press("Enter")
    expect(lab.find("unit-in").locator("input")).to_have_count(6)
    expect(lab.find("unit-out").locator("input")).to_have_count(3)
    expect(lab.find("unit-bias").locator("input")).to_be_focused()
    expect(lab.find("unit-gradient")).to_have_text(re.compile(r"\d"))
    weight = lab.find("unit-in").locator("input").first
    entry = weight.get_attribute("data-testid")
    weight.fill("2.5")
    weight.press("Enter")
    lab.expect_paused_at(0)
    (control,) = until(lambda: lab.server.events(lab.run, "control"), "the run notes the change")
    assert (control["step"], control["changed"]) == (0, {entry: 2.5})
    weight.press("Escape")
    expect(lab.find("unit")).to_be_hidden()

    # Another network, chosen in the picture: the run is put aside, and the new one is drawn before it is trained.
    lab.find("units-add-0").click()
    lab.expect_parameters(hidden="7,4", iterations="1000000")
    expect(lab.find("unit-1-6")).to_be_visible()
    lab.find("units-add-0").press("Enter")
    lab.expect_parameters(hidden="8,4", iterations="1000000")
    expect(lab.find("units-add-0")).to_be_focused()
    lab.find("layer-remove").click()
    lab.expect_parameters(hidden="8", iterations="1000000")
    expect(lab.find("layer-count")).to_have_text("1 hidden layer")
    lab.expect_ready()

    # A wide layer shows its strongest units.
    lab.enter("Units", 40)
    lab.expect_parameters(hidden="40", iterations="1000000")
    lab.start()
    expect(lab.find("network-note")).to_contain_text("only the 12 units with the largest outgoing weights")
    expect(lab.find("network-box").locator("button[data-testid^=unit-1-]")).to_have_count(12)


def _upload(lab, content, name="points.csv"):
    field = lab.sidebar.get_by_test_id("stFileUploaderDropzoneInput")
    field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def _drag(lab, canvas, start, end):
    """Drag the mouse over a canvas, from one share of its width and height to another."""
    canvas.hover()  # once it stands still
    box = canvas.bounding_box()
    places = [(start[0] + (end[0] - start[0]) * i / 12, start[1] + (end[1] - start[1]) * i / 12) for i in range(13)]
    for i, (x, y) in enumerate(places):
        lab.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if i == 0:
            lab.page.mouse.down()
    lab.page.mouse.up()


def test_points_are_drawn_by_mouse_and_keyboard_and_trained_on(lab):
    lab.open("?dataset=points&hidden=8&iterations=400", ready=False)
    lab.sidebar.get_by_role("button", name="Draw points").click()
    canvas, counted, said = lab.find("drawing-plane"), lab.find("drawing-count"), lab.find("drawing-said")
    use = lab.page.get_by_role("button", name="Use these points")
    expect(counted).to_have_text("0 points; at least 10 points are needed.")
    expect(use).to_be_disabled()

    _drag(lab, canvas, (0.3, 0.2), (0.8, 0.3))
    expect(counted).to_have_text(re.compile(r"^\d\d points; at least 2 classes are needed"))
    first = int(counted.text_content().split()[0])
    lab.page.keyboard.press("2")
    expect(said).to_have_text("class 2 chosen")
    lab.page.keyboard.press("Shift+ArrowDown")
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
        lab.page.keyboard.press("Space")
    expect(said).to_contain_text(f"Point of class 2 at x₁ 0.15, x₂ −0.2. {first + 3} points")
    lab.page.keyboard.press("Delete")
    expect(counted).to_contain_text("each class needs at least 3 points")
    lab.page.keyboard.press("Control+z")
    expect(counted).to_have_text(f"{first + 3} points (class 1: {first}, class 2: 3).")

    # A drawing that was not used yet is there again, also after a reload.
    lab.page.keyboard.press("Escape")
    expect(canvas).to_have_count(0)
    lab.page.reload()
    lab.sidebar.get_by_role("button", name="Draw points").click()
    expect(counted).to_contain_text(f"{first + 3} points")
    lab.page.get_by_role("button", name="class 2").click()
    _drag(lab, canvas, (0.3, 0.7), (0.8, 0.8))
    expect(counted).not_to_contain_text("class 2: 3")
    total = int(counted.text_content().split()[0])
    use.click()
    expect(canvas).to_have_count(0)
    lab.expect_ready()
    expect(lab.page).to_have_url(re.compile("points=[0-9a-f]{64}"))
    expect(lab.find("class-legend")).to_contain_text("class 2")
    lab.find("pace-full").check()
    lab.run_to()
    lab.page.reload()
    lab.expect_state("finished")
    with lab.page.expect_download() as download:
        lab.sidebar.get_by_role("button", name=f"Download these {total} points").click()
    assert len(download.value.path().read_text().splitlines()) == 1 + total

    # They are made harder, and points of a function take their place.
    lab.sidebar.get_by_role("button", name="Change them in a drawing").click()
    expect(counted).to_contain_text(f"{total} points")
    lab.page.get_by_text("Make it harder").click()
    lab.find("stDialog").get_by_role("combobox").select_option("fewer")
    lab.page.get_by_role("button", name="Change the points").click()
    expect(counted).not_to_contain_text(f"{total} points")
    lab.page.get_by_text("Points above and below a function").click()
    lab.find("stDialog").get_by_test_id("stTextInputField").fill("x^2 - 1,5")
    lab.page.get_by_role("button", name="Draw these points").click()
    expect(counted).to_have_text("300 points (above: 150, below: 150).")
    canvas.focus()
    lab.page.keyboard.press("Control+z")
    expect(counted).not_to_contain_text("above")


def test_own_points_are_trained_on_and_a_file_that_fails_leaves_nothing_to_start(lab):
    lab.open("?dataset=points&hidden=8&iterations=1000000", ready=False)
    lab.find("pace-200").check()
    expect(lab.status).to_have_text(re.compile("Upload or draw points"))
    expect(lab.play).to_be_disabled()
    _upload(lab, GOOD.encode())
    lab.expect_ready()
    expect(lab.page).to_have_url(re.compile("points=[0-9a-f]{64}"))
    expect(lab.sidebar).to_contain_text("In points.csv, x₁ is “x”, x₂ is “y”, and the class is “label”.")
    expect(lab.find("class-legend")).to_contain_text("blue, cold")
    expect(lab.find("class-legend")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(lab.alerts()).to_have_count(0)
    one_label = "".join(f"{i},{i},![seen](http://www.example.com/seen.png)\n" for i in range(20))
    for name, content, reason in (
        ("bad.csv", "1,2\n", "Line 1 does not have"),
        ("[x](//y) *x* $x$.txt", one_label, "all have the label"),
    ):
        _upload(lab, content.encode(), name)
        expect(lab.alerts()).to_have_count(1)
        expect(lab.alerts()).to_contain_text(name)
        expect(lab.alerts()).to_contain_text(reason)
        expect(lab.alerts().locator("a, img, em, .katex")).to_have_count(0)
        expect(lab.status).to_contain_text(reason)
        expect(lab.play).to_be_disabled()
        expect(lab.page).not_to_have_url(re.compile("points=[0-9a-f]"))
        expect(lab.find("class-legend")).to_be_hidden()
    _upload(lab, GOOD.replace("\n1.2,1.0,", "\n12000,1.0,").encode(), "far.tsv")
    lab.expect_ready()
    expect(lab.alerts()).to_have_count(0)
    expect(lab.find("class-legend")).to_contain_text("1 point lies outside this plane")
    _upload(lab, GOOD.encode())
    expect(lab.find("class-legend")).not_to_contain_text("outside this plane")
    lab.settle()
    _upload_in_vain_during(lab, lab.start())
    lab.expect_beyond(400)
    lab.find("stop").click()
    lab.expect_state("stopped")
    expect(lab.find("confusion-table")).to_contain_text("<img src=x")
    expect(lab.find("verdict-title")).to_have_text("It learned well")
    _upload(lab, b"", "empty.csv")
    expect(lab.status).to_have_text(re.compile(r"^Stopped after [\d,]+ steps. empty.csv: The file has no points"))
    expect(lab.play).to_be_disabled()


def _upload_in_vain_during(lab, run):
    """Each file that cannot be read gets one clear error, and the run loses nothing."""
    parameters = {name: value for name, value in lab.parameters.items() if name not in ("points", "run")}
    for name, content in HOSTILE.items():
        _upload(lab, content, name)
        expect(lab.alerts().filter(has_text=name), name).to_have_count(1)
        expect(lab.alerts(), name).to_have_count(1)
        expect(lab.alerts(), name).to_contain_text(re.compile(r"Line \d+|[Tt]he file"))
        expect(lab.alerts(), name).not_to_contain_text("Traceback")
        expect(lab.find("start-new"), name).to_be_disabled()
        expect(lab.find("settings-note-text"), name).to_contain_text(name)
        lab.expect_state("running")
        lab.expect_beyond(lab.step)
        lab.expect_parameters(**parameters)
        assert lab.run == run, name


def test_the_reports_network_trains_on_cifar10(lab):
    if not dataset_status("cifar10").available:
        pytest.skip("CIFAR-10 is not in NNLIB_DATA")
    lab.open()
    lab.choose("Start from", "The report's final network")
    expect(lab.page).to_have_url(re.compile("dataset=cifar10"))
    lab.expect_ready()
    lab.play.click()
    lab.expect_state("running")
    lab.expect_beyond(3)
    expect(lab.find("example-0")).to_be_visible()
    expect(lab.find("gallery-title")).to_have_text(re.compile("validation images right"))
    lab.expect_colours("weights-canvas", 20)
    lab.find("stop").click()
    lab.expect_state("stopped")
    expect(lab.find("confusion-table").locator("tbody tr")).to_have_count(10)
    expect(lab.find("confusion-table")).to_contain_text("airplane")
    expect(lab.find("test-accuracy")).to_have_text(re.compile("%"))
