"""The lab's machines: a scheduler and two workers, as a school starts them, of which each says that it has a GPU."""

import os
import re
import socket
import subprocess
import sys

import pytest

from .lab import PHONE, expect
from .server import serving, until

QUIETLY = ["--no-dashboard"]
UNWATCHED = {  # nobody reads Dask's profiles, 100 samples a second, nor its warnings of a slow loop, 50 a second
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}


@pytest.fixture(scope="module")
def cluster(pytestconfig, tmp_path_factory):
    """(the scheduler's address, the processes of its workers), for all tests here: each leaves fewer workers to the next."""
    folder = tmp_path_factory.mktemp("cluster")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    worker = ["worker", address, "--nthreads", "1", "--resources", "GPU=1", "--local-directory", str(folder)]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", str(port)], worker, worker]
    options = {"cwd": pytestconfig.rootpath, "env": {**os.environ, **UNWATCHED}}
    with open(folder / "log", "wb") as log:
        processes = [
            subprocess.Popen([sys.executable, "-m", "dask", *command, *QUIETLY], **options, stdout=log, stderr=log)
            for command in commands
        ]
    until(lambda: (folder / "log").read_text().count("Registered to") == 2, "both workers have found the scheduler")
    yield address, processes[1:]
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(30)


@pytest.fixture(scope="module")
def cluster_server(browser, pytestconfig, tmp_path_factory, cluster):
    """The app of a school with a cluster."""
    yield from serving(pytestconfig.rootpath, tmp_path_factory.mktemp("cluster_server"), NNLIB_SCHEDULER=cluster[0])


def test_the_table_is_trained_side_by_side_in_the_lab(cluster_server, visit):
    lab = visit(cluster_server, viewport=PHONE, color_scheme="dark").tab()
    lab.page.goto(f"{cluster_server.url}/depth?part=table&dataset=digits&batch_size=50&depths=1,2,3&epochs=80&device=cluster")
    lab.expect_ready()
    lab.expect_no_overflow()
    rows = lab.find("depths-table").locator("tbody tr")
    for control in ("step", "epoch", "pace"):
        expect(lab.find(control)).to_be_hidden()
    lab.find("play").click()
    until(lambda: lab.find("depths-table").locator("tr.in-training").count() == 2, "two networks are trained at once")
    lab.page.reload()
    lab.expect_state("finished")
    expect(rows).to_have_count(3)
    for row in rows.all():
        expect(row).to_contain_text(re.compile(r"\d\s%"))
    expect(lab.find("device")).to_contain_text("2 networks at once")
    expect(lab.find("depths-title")).not_to_contain_text("of 3")
    lab.settle()
    lab.expect_no_overflow()


def test_a_study_goes_on_where_a_machine_of_the_lab_fails(cluster, cluster_server, visit):
    lab = visit(cluster_server, viewport=PHONE, color_scheme="dark").tab()
    lab.page.goto(f"{cluster_server.url}/tuning?figure=grid&trials=8&seeds=1&iterations=4000")
    lab.expect_ready()
    lab.expect_no_overflow()
    lab.play.click()
    lab.expect_beyond(0)
    _, workers = cluster
    workers[0].kill()
    expect(lab.find("study-workers")).to_have_text("1 of the cluster")
    lab.expect_state("finished")
    expect(lab.find("study-trials")).to_have_text("8 / 8")
    expect(lab.page.get_by_text("is the best of 8 trials")).to_be_visible()
    lab.settle()
    lab.expect_no_overflow()
    told = lab.server.events(lab.run, "trial")
    assert sorted(event["number"] for event in told) == list(range(8))
