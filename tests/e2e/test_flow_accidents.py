"""What a learner sees when processes die, and when there is no room."""

import re

from .lab import expect
from .server import until


def test_a_killed_worker_is_told_and_resumed(lab):
    run = lab.open_endless().start()
    until(lambda: (lab.server.runs / run / "checkpoint.npz").exists(), "a checkpoint")
    lab.expect_beyond(lab.step)
    (worker,) = lab.server.workers(run)
    worker.kill()
    lab.expect_state("failed")
    expect(lab.find("tale")).to_contain_text(re.compile("kill", re.IGNORECASE))
    expect(lab.find("tale")).to_contain_text("Resume")
    expect(lab.find("play-label")).to_have_text("Resume")
    lab.expect_colours("loss-canvas", 10)
    step = lab.step
    lab.play.click()
    lab.expect_state("running")
    lab.expect_beyond(step)
    assert lab.run == run


def test_a_killed_server_loses_nothing(visit, small_server):
    visitor = visit(small_server)
    visitor.allow(r"ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)|WebSocket connection to")
    visitor.allow(r"_stcore/health|server is not responding")  # where the new server takes long to start
    lab = visitor.tab().open("?iterations=6000&hidden=12")
    lab.find("pace-200").check()
    run = lab.start()
    until(lambda: (small_server.runs / run / "checkpoint.npz").exists(), "a checkpoint")
    lab.expect_beyond(100)
    small_server.kill()
    expect(lab.status).to_have_text("Reconnecting…")
    until(lambda: not small_server.workers(), "the worker leaves when its server is gone")
    step = lab.step
    assert step > 0

    small_server.start()
    expect(lab.view).to_have_attribute("data-connected", "true")
    lab.expect_state("interrupted")
    assert lab.run == run
    expect(lab.find("tale")).to_have_text(re.compile(r"\w"))
    expect(lab.find("play-label")).to_have_text("Resume")
    assert lab.step >= 50
    lab.expect_colours("loss-canvas", 10)
    lab.play.click()
    lab.expect_state("running")
    lab.find("pace-1000").check()
    lab.find("pace-full").check()
    lab.expect_state("finished")
    expect(lab.status).to_have_text("Finished after 6,000 steps")
    steps = [event["first"] + i for event in small_server.events(run, "metrics") for i in range(len(event["loss"]))]
    assert steps == list(range(1, 6001))


def test_a_refused_connection_shows_why_and_is_tried_again(lab):
    """Here the browser blocks the cookie, until it is allowed."""
    lab.page.route("**/runs/session", lambda route: route.fulfill(json={}))
    lab.open(ready=False)
    expect(lab.find("notice")).to_contain_text("allow cookies")
    expect(lab.status).to_have_text("Not connected")
    expect(lab.play).to_be_disabled()
    lab.page.unroute("**/runs/session")
    lab.expect_ready()
    expect(lab.find("notice")).to_be_hidden()
    lab.start()


def test_runs_beyond_the_limit_wait_their_turn(visit, small_server):
    visitor = visit(small_server)
    first, second, third = (visitor.tab().open_endless() for _ in range(3))
    first.start()
    second.play.click()
    second.expect_state("queued")
    expect(second.status).to_have_text("Waiting, next in the queue")
    third.play.click()
    third.expect_state("queued")
    expect(third.status).to_have_text("Waiting, 2 in the queue")
    assert len(small_server.workers()) == 1
    first.find("stop").click()
    first.expect_state("stopped")
    second.expect_training()
    expect(third.status).to_have_text("Waiting, next in the queue")
    expect(third.find("stop")).to_have_text("Cancel")
    third.find("stop").click()
    third.expect_state("stopped", "none")
    second.expect_beyond(second.step)
