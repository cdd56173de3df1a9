"""A class of 30: what its students and its teacher wait for, what is lost when the server is killed, and what it takes.

The server is started here, with a database that is thrown away, in which 34 classes have worked for a term. Thirty learners
are scripted (learners.py): each has the bar of the class, a live view and a page, and answers an exercise or opens a page
every ten seconds. Beside them, four tabs of headless Chromium: the teacher's with the dashboard and with the votes, a
student's on Train, and one that goes through the lessons. The parts:

lesson            The learners come within ten seconds, join, open Train and start the spiral. Then the lesson goes on, with a
                  vote every ten seconds, while the times are taken: from a control and from a slider to their effects, of
                  pages, from an answer to the teacher's dashboard, and from the last of thirty votes within three seconds to
                  the teacher's page. Each tally is compared with what the learners were told. At the end, the dashboard of
                  one of the other classes.
cost              The server's processor time for each thing that a learner does, from which larger classes are reckoned.
memory            Of the server, after visits and runs have come and gone, against one that has shown every page once.
kill              SIGKILL at random moments of votes and answers: what the server had confirmed and the database does not have.

Chromium, the learners and this script share the cores with the server and the runs.
"""

import argparse
import asyncio
import contextlib
import os
import random
import tempfile
import time
from collections import defaultdict
from itertools import count

from benchmarks.learners import EXERCISES, PAGES, Crowd, Learner
from benchmarks.lessons import MEASURED, slider_seconds
from benchmarks.live import (
    RECORD_CONTROLS,
    ROOT,
    chromium,
    memory,
    move_slider,
    press_start,
    say,
    seconds_row,
    streamlit,
    tab,
    wait_until,
)
from benchmarks.tables import Target, machine, percentile, show_machine, show_table, show_targets, write_json

LEARNERS, ARRIVAL, VOTING, BETWEEN_VOTES = 30, 10.0, 3.0, 10.0
CLASSES, TERM_ATTEMPTS, LESSON_ATTEMPTS = 34, 120, 12  # of a simulated term; attempts of each member, before and in this lesson
VISITS, RUNS, RUN_STEPS = 200, 60, 400
KILLS, VOTERS, SOLVERS = 20, 12, 3
PARTS = ("lesson", "cost", "memory", "kill")
CHOICES = ["it grows", "it shrinks", "it stays", "it depends"]

# Resolves with the time at which a cell of the dashboard says so, as time.time() has it.
SEEN = """
([name, tries]) => new Promise((resolve, reject) => {
  const end = Date.now() + 30000;
  const look = () => {
    for (const row of document.querySelectorAll(".st-key-class_students tbody tr"))
      if (row.cells[0].innerText === name && Number(row.cells[3].innerText) === tries) return resolve(Date.now() / 1000);
    if (Date.now() > end) return reject(new Error(`${name} has not got ${tries} tries within 30 seconds`));
    setTimeout(look, 10);
  };
  look();
})
"""
VOTED = """
(votes) => new Promise((resolve, reject) => {
  const end = Date.now() + 30000;
  const look = () => {
    if (document.querySelector("[data-testid=stMain]").innerText.includes(`${votes} voted`)) return resolve(Date.now() / 1000);
    if (Date.now() > end) return reject(new Error(`not ${votes} votes within 30 seconds`));
    setTimeout(look, 10);
  };
  look();
})
"""


class Room:
    """A class with its server, its learners, and Chromium."""

    def __init__(self, address, server, browser, store, secret):
        self.address, self.server, self.browser, self.store, self.secret = address, server, browser, store, secret
        self.code = store.lesson(secret).code
        self.crowd, self.counted, self.going = Crowd(), defaultdict(list), []
        self.learners = [Learner(address, f"learner {number}") for number in range(LEARNERS)]
        self.votes = self.wrong = 0  # votes that were counted, and of these lost or doubled

    # What the learners do

    async def arrive(self):
        """All come within some seconds. Seconds from the first to the last that trains or knows its place."""

        async def one(learner):
            await asyncio.sleep(random.uniform(0, ARRIVAL))
            await learner.arrive(self.code)

        began = time.perf_counter()
        await asyncio.gather(*map(one, self.learners))
        return time.perf_counter() - began

    def begin_lesson(self):
        for learner in self.learners:
            self.going += map(self.crowd.begin, (learner.follow_class(self.counted), learner.study(self.counted)))
        self.going.append(self.crowd.begin(self.drag_forever()))
        self.voting = self.crowd.begin(self.vote_forever())

    async def vote_forever(self):
        while True:
            confirmed, _ = await self.vote()
            await self.close_vote(confirmed)
            await asyncio.sleep(BETWEEN_VOTES - VOTING)

    async def drag_forever(self):
        """Whose run trains moves the learning rate now and then."""
        while True:
            for learner in self.learners:
                if learner.run.state == "running":
                    self.counted["control"].append(await learner.run.change(random.uniform(0.05, 0.2)))
                    await asyncio.sleep(random.uniform(0.2, 0.5))
            await asyncio.sleep(0.2)

    async def vote(self):
        """Put a question; all vote within some seconds. What was confirmed to each, and when the last had voted."""
        poll = await asyncio.to_thread(self.store.open_poll, self.secret, "What happens to the others?", CHOICES)

        first = []  # when each was told that the first answer is stored

        async def one(learner):
            await asyncio.sleep(random.uniform(0, VOTING))
            confirmed = None
            for _ in range(random.choice((1, 1, 1, 2))):  # some change their minds
                choice, began = random.randrange(len(CHOICES)), time.perf_counter()
                if await learner.ask("vote", poll=poll, choice=choice) is not None:
                    if confirmed is None:
                        first.append(time.time())
                    confirmed = choice
                    self.counted["vote"].append(time.perf_counter() - began)
            return confirmed

        confirmed = await asyncio.gather(*map(one, self.learners))
        return confirmed, max(first)

    async def close_vote(self, confirmed):
        """Close the vote, and count what was lost or doubled."""
        await asyncio.to_thread(self.store.close_poll, self.secret)
        tally = (await asyncio.to_thread(self.store.tallies, self.secret))[-1]
        self.wrong += sum(abs(votes - confirmed.count(number)) for number, votes in enumerate(tally.counts))
        self.votes += len(confirmed)

    def end(self):
        for each in self.going:
            each.cancel()
        for learner in self.learners:
            self.crowd.do(learner.leave())
        self.crowd.end()

    @property
    def refusals(self):
        return [sentence for learner in self.learners for sentence in learner.refusals]

    # Chromium

    @contextlib.contextmanager
    def student(self, name, script=None):
        """A tab of a student of the class."""
        with tab(self.browser, script) as page:
            sent = {"code": self.code, "pseudonym": name}
            answer = page.request.post(f"{self.address}/class/join", data=sent, headers={"Origin": self.address})
            assert answer.ok, answer.text()
            yield page

    @contextlib.contextmanager
    def teacher(self, part):
        from nnlib.classroom.cookies import TEACHER

        with tab(self.browser) as page:
            page.context.add_cookies([{"name": TEACHER, "value": self.secret, "url": self.address}])
            page.goto(f"{self.address}/teach?part={part}")
            page.locator("[data-testid=stMain] :is(h1, .st-key-class_question)").first.wait_for(timeout=60_000)
            yield page


# The parts of a lesson


def lesson(room, samples):
    """The learners come, and the lesson goes on while Chromium takes the times."""
    found = {}
    with room.student("Train", RECORD_CONTROLS) as train, room.student("lessons") as lessons, contextlib.ExitStack() as teacher:
        train.goto(f"{room.address}/train")
        train.locator("[data-testid=play][aria-disabled=false]").wait_for(timeout=60_000)
        press_start(train)
        found["arrival"] = room.crowd.do(room.arrive())
        found["placed"] = sum(learner.run.is_placed for learner in room.learners)
        found["refusals"] = room.refusals
        dashboard = teacher.enter_context(room.teacher("stuck"))
        teacher.enter_context(room.teacher("vote"))
        room.begin_lesson()
        began, before = time.perf_counter(), processor_seconds(room.server)
        say("control to effect")
        found["control"] = [move(train, number) for number in range(samples)]
        say("slider to numbers")
        found["slider"] = slider_seconds(lessons, room.address, *MEASURED["probabilities, K = 3"], samples)
        say("pages")
        found["page"] = [open_page(lessons, f"{room.address}/{path}") for path in PAGES for _ in range(2)]
        say("dashboard")
        found["dashboard"] = dashboard_seconds(room, dashboard, samples // 3)
        passed = time.perf_counter() - began
        found["server"] = {
            "cores": (processor_seconds(room.server) - before) / passed,
            "requests": {name: len(each) / passed for name, each in room.counted.items()},
            "memory": memory(room.server.pid)["uss"],
        }
    found["scripted"] = dict(room.counted)
    return found


def move(page, number):
    page.wait_for_timeout(random.uniform(200, 450))
    return move_slider(page, 480 + 20 * (number % 2))


def open_page(page, url):
    """Seconds from a link to the heading of its page, in a browser that has been here before."""
    page.goto(url, wait_until="commit")
    page.locator("[data-testid=stMain] :is(h1, h2):visible, [data-testid=play]:visible").first.wait_for(timeout=60_000)
    return page.evaluate("performance.now()") / 1000


def dashboard_seconds(room, page, samples):
    """Seconds from an answer that a student sends to the teacher's table."""
    student, send, times = Learner(room.address, "Zoe"), asyncio.Queue(), []

    async def answer():
        async with student.tab() as tab:
            await tab.open(*EXERCISES)
            while text := await send.get():
                await tab.answer(text)

    room.crowd.do(student.ask("join", code=room.code, pseudonym=student.name))
    answering = room.crowd.begin(answer())
    for number in range(samples + 1):
        time.sleep(random.uniform(0.5, 2))
        sent = time.time()
        room.crowd.do(send.put(f"psi_2 + {number}"))
        times.append(page.evaluate(SEEN, [student.name, number + 1]) - sent)
    room.crowd.do(send.put(None))
    answering.result()
    room.crowd.do(student.leave())
    return times[1:]  # the first waits for the student's own page


def tally_seconds(room, rounds):
    """Seconds from the last of thirty votes to the teacher's page that has counted all of them."""
    times = []
    room.voting.cancel()
    room.store.close_poll(room.secret)
    with room.teacher("vote") as page:
        for _ in range(rounds):
            page.locator(".st-key-vote_again").wait_for(timeout=60_000)  # the vote before is closed there, too
            voting = room.crowd.begin(room.vote())
            seen = page.evaluate(VOTED, LEARNERS)
            confirmed, last = voting.result()
            times.append(seen - last)
            room.crowd.do(room.close_vote(confirmed))
    return times


def processor_seconds(process):
    import psutil

    times = psutil.Process(process.pid).cpu_times()
    return times.user + times.system


# A term


def simulate_term(store, engine):
    """Fill the database. Return the teacher's secret of one of the classes."""
    from sqlalchemy import insert, select
    from sqlalchemy.orm import Session

    from nnlib.classroom.codes import digest, new_secret
    from nnlib.classroom.models import Attempt, Classroom, Member
    from nnlib.symbolic import exercises

    items, now = [each.id for each in exercises()], time.time()
    secrets = [store.open_class(f"class {number}") for number in range(CLASSES)]
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        for classroom in session.scalars(select(Classroom.id)).all():
            names = [f"student {number}" for number in range(LEARNERS)]
            shared = {
                "classroom_id": classroom,
                "joined_at": now,
                "seen_at": now,
                "moved_at": now,
                "page": "softmax",
                "runs": 0,
            }
            rows = [{**shared, "pseudonym": name, "spelling": name, "token": digest(new_secret())} for name in names]
            session.execute(insert(Member), rows)
            members = session.scalars(select(Member.id).where(Member.classroom_id == classroom)).all()
            session.execute(
                insert(Attempt), [attempt for member in members for attempt in attempts(classroom, member, items, now)]
            )
    return secrets[0]


def attempts(classroom, member, items, now):
    """Of one student, most of them in earlier lessons."""
    for number in range(TERM_ATTEMPTS + LESSON_ATTEMPTS):
        earlier = number < TERM_ATTEMPTS
        yield {
            "classroom_id": classroom, "member_id": member, "kind": "exercise", "item": random.choice(items), "answer": "psi_1",
            "right": random.random() < 0.5, "message": f"The sign of term {number % 7} is wrong.",
            "at": now - 86400 * (TERM_ATTEMPTS - number) if earlier else now + number,
        }  # fmt: skip


def term(address, store, secret, rounds):
    """Seconds of the queries of the dashboard, and of its page, as the teacher of this class."""
    from nnlib.classroom.cookies import TEACHER

    found, crowd, teacher = {"queries": [], "page": []}, Crowd(), Learner(address, "", {TEACHER: secret})

    async def page():
        async with teacher.tab() as tab:
            return await tab.open("teach", "part=stuck")

    for _ in range(rounds):
        began = time.perf_counter()
        assert len(store.students(secret)) == LEARNERS
        store.slips(secret)
        found["queries"].append(time.perf_counter() - began)
        found["page"].append(crowd.do(page()))
    crowd.do(teacher.leave())
    crowd.end()
    return found


# Processor time, memory, and what is lost


def costs(store, rounds):
    """Milliseconds of the server's processor for each thing that a learner does, and for the dashboard of a class of thirty."""
    from nnlib.classroom.cookies import TEACHER

    secret, found = store.open_class("10b"), {}
    code = store.lesson(secret).code
    poll = store.open_poll(secret, "Which?", CHOICES)
    for number in range(LEARNERS - 1):
        store.record(
            store.join(code, f"student {number}"), "exercise", "softmax-psi-1-z-2", "psi_1", False, "The sign is wrong."
        )
    with streamlit("app.py", ROOT) as (address, server, _):
        crowd, learner, teacher = Crowd(), Learner(address, "Zoe"), Learner(address, "", {TEACHER: secret})

        async def each(what, number, act):
            await act(0)
            before = processor_seconds(server)
            for turn in range(1, number + 1):
                await act(turn)
            found[what] = 1000 * (processor_seconds(server) - before) / number

        async def page(turn):
            async with learner.tab() as tab:
                await tab.open("softmax")

        async def all_of_them():
            await learner.ask("join", code=code, pseudonym=learner.name)
            await each("question of the bar", 10 * rounds, lambda turn: learner.ask("state", page="softmax"))
            await each("vote", 5 * rounds, lambda turn: learner.ask("vote", poll=poll, choice=turn % len(CHOICES)))
            await each("page of a lesson", rounds, page)
            async with learner.tab() as tab:
                await tab.open(*EXERCISES)
                await each("answer to an exercise", rounds, lambda turn: tab.answer(f"psi_1 + {turn}"))
            async with teacher.tab() as tab:
                await each("dashboard of thirty", rounds, lambda turn: tab.open("teach", "part=stuck"))

        crowd.do(all_of_them())
        crowd.end()
    return found


def memory_growth():
    """MiB of the server before and after visits and runs."""
    with streamlit("app.py", ROOT) as (address, server, _):
        crowd, learners = Crowd(), [Learner(address, "") for _ in range(4)]

        async def visits(learner, pages):
            for page in pages:
                async with learner.tab() as tab:
                    await tab.open(page)

        async def runs(learner, number):
            for _ in range(number):
                await learner.start(None, iterations=RUN_STEPS)
                await learner.run.until(lambda: learner.run.state == "finished")
                await learner.run.close()

        async def all_of(pages, number):
            shares = (pages[turn :: len(learners)] for turn in range(len(learners)))
            await asyncio.gather(*map(visits, learners, shares))
            await asyncio.gather(*(runs(learner, number // len(learners)) for learner in learners))

        crowd.do(all_of([*PAGES, "teach", "join"], len(learners)))
        found = {"before": memory(server.pid)["uss"]}
        crowd.do(all_of([PAGES[turn % len(PAGES)] for turn in range(VISITS)], RUNS))
        found["after"] = memory(server.pid)["uss"]
        crowd.end()
        return found


def kills(store, rounds):
    """Votes and answers that the server confirmed before it was killed, and those of them that the database does not have."""
    found = {"votes": 0, "answers": 0, "lost": 0}
    for number in range(rounds):
        say(f"kill {number + 1} of {rounds}")
        with streamlit("app.py", ROOT) as (address, server, _):
            one_kill(store, address, server, found)
    return found


def one_kill(store, address, server, found):
    from nnlib.classroom.cookies import MEMBER

    secret, crowd = store.open_class("10b"), Crowd()
    code = store.lesson(secret).code
    learners = [Learner(address, f"learner {number}") for number in range(VOTERS + SOLVERS)]
    for learner in learners:
        crowd.do(learner.ask("join", code=code, pseudonym=learner.name))
    poll = store.open_poll(secret, "Which?", CHOICES)
    sent, confirmed = defaultdict(list), defaultdict(list)

    async def vote(learner):
        while True:
            sent[learner].append(random.randrange(len(CHOICES)))
            if await learner.ask("vote", poll=poll, choice=sent[learner][-1]) is not None:
                confirmed[learner].append(len(sent[learner]) - 1)
            await asyncio.sleep(random.uniform(0, 0.2))

    async def solve(learner):
        async with learner.tab() as tab:
            await tab.open("softmax", "part=exercises")
            for number in count():
                await tab.answer(f"psi_1 + {number}")
                confirmed[learner].append(f"psi_1 + {number}")

    voters, solvers = learners[:VOTERS], learners[VOTERS:]
    acting = [*(crowd.begin(vote(learner)) for learner in voters), *(crowd.begin(solve(learner)) for learner in solvers)]
    wait_until(lambda: all(confirmed[learner] for learner in learners), 60, "each to have something confirmed")
    time.sleep(random.uniform(0, 1))
    server.kill()
    for each in acting:
        each.exception()  # the connection broke
    for learner in voters:
        found["votes"] += len(confirmed[learner])
        stored = store.membership(learner.web.cookies[MEMBER]).vote
        found["lost"] += stored not in sent[learner][confirmed[learner][-1] :]
    for learner in solvers:
        found["answers"] += len(confirmed[learner])
        stored = [each.answer for each in store.attempts(learner.web.cookies[MEMBER])]
        found["lost"] += sum(answer not in stored for answer in confirmed[learner])
    crowd.end()


# All of it


def measure(parts, samples, kill_rounds):
    from nnlib.classroom.database import database_url, engine_of
    from nnlib.classroom.store import open_store

    found = {}
    with tempfile.TemporaryDirectory(prefix="backprop-lab-class-") as folder:
        os.environ["NNLIB_STORAGE"] = f"sqlite:///{folder}/classes.db"
        store = open_store(create=True)
        if "lesson" in parts:
            say("a term in the database")
            secret = simulate_term(store, engine_of(database_url()))
            with streamlit("app.py", ROOT) as (address, server, _), chromium() as browser:
                say("thirty learners come")
                room = Room(address, server, browser, store, store.open_class("10b"))
                try:
                    found["lesson"] = lesson(room, samples)
                    say("votes")
                    found["tally"] = tally_seconds(room, samples // 6)
                    found |= {"votes": room.votes, "wrong": room.wrong}
                finally:
                    room.end()
                say("the dashboard of one class")
                found["term"] = term(address, store, secret, 10)
        if "cost" in parts:
            say("cost")
            found["cost"] = costs(store, samples)
        if "memory" in parts:
            say("memory")
            found["memory"] = memory_growth()
        if "kill" in parts:
            found["kill"] = kills(store, kill_rounds)
    return found


def targets(found):
    listed = []
    if lesson := found.get("lesson"):
        listed += [
            Target(
                f"{LEARNERS} come within {ARRIVAL:.0f} s: run trains, or its place is known",
                LEARNERS,
                lesson["placed"],
                "",
                True,
            ),
            Target("refusals", 0, len(lesson["refusals"]), ""),
            Target("control to effect, 95 of 100", 0.15, percentile(lesson["control"], 0.95), " s"),
            Target("slider to numbers, 95 of 100", 0.2, percentile(lesson["slider"], 0.95), " s"),
            Target("page, 95 of 100", 3, percentile(lesson["page"], 0.95), " s"),
            Target("votes lost or doubled", 0, found["wrong"], "", note=f"of {found['votes']}"),
            Target("last vote to the teacher's page, worst", 1, max(found["tally"]), " s"),
            Target("answer to the dashboard, worst", 2, max(lesson["dashboard"]), " s"),
            Target("dashboard among 1,000 learners, worst", 1, max(found["term"]["page"]), " s"),
        ]
    if used := found.get("memory"):
        note = f"{used['before']:.0f} → {used['after']:.0f} MiB"
        listed.append(Target("memory after visits and runs / before", 1.3, used["after"] / used["before"], note=note))
    if killed := found.get("kill"):
        note = f"of {killed['votes']} votes and {killed['answers']} answers"
        listed.append(Target("confirmed, and lost by kill -9", 0, killed["lost"], "", note=note))
    return listed


def show(found):
    if cost := found.get("cost"):
        rows = [[what, f"{milliseconds:.1f}"] for what, milliseconds in cost.items()]
        show_table("Processor time of the server, ms", ["for one", "here"], rows)
    if "lesson" in found:
        show_lesson(found)


def show_lesson(found):
    lesson, server = found["lesson"], found["lesson"]["server"]
    times = {
        "control to effect, Chromium": lesson["control"],
        "control to effect, learners": lesson["scripted"].get("control"),
        "slider to numbers, Chromium": lesson["slider"],
        "page by its link, Chromium": lesson["page"],
        "page, learners: until the server has sent it": lesson["scripted"].get("page"),
        "answer to its verdict, learners": lesson["scripted"].get("answer"),
        "vote, learners": lesson["scripted"].get("vote"),
        "bar of the class, learners": lesson["scripted"].get("state"),
        "answer to the dashboard, Chromium": lesson["dashboard"],
        "last vote to the teacher's page, Chromium": found["tally"],
        "dashboard among 1,000 learners: queries": found["term"]["queries"],
        "dashboard among 1,000 learners: page": found["term"]["page"],
    }
    rows = [seconds_row(what, seconds) for what, seconds in times.items() if seconds]
    show_table("Times in a class, seconds", ["what", "median", "95 of 100", "most", "samples"], rows)
    rows = [
        ["from the first to the last who knows the place of the run", f"{lesson['arrival']:.1f} s"],
        ["cores of the server, without runs", f"{server['cores']:.2f}"],
        ["memory of the server, for itself", f"{server['memory']:.0f} MiB"],
        *([f"{name} a second", f"{rate:.1f}"] for name, rate in server["requests"].items()),
    ]
    show_table("The lesson", ["what", "here"], rows)
    for sentence in lesson["refusals"]:
        print(f"Refused: {sentence}")


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks class", description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="the parts to measure")
    parser.add_argument("--samples", type=int, default=30, help="for each figure of Chromium; the others in proportion")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()
    found = measure(options.only, options.samples, options.kills)
    if options.json:
        write_json({"benchmark": "class", "machine": about, **found}, targets(found))
    else:
        show_machine(about)
        show(found)
        if listed := targets(found):
            show_targets(listed)
    return 0
