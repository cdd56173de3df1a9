"""Learners without a screen, many in one thread: they say to the server what a browser says, and read what it answers."""

import asyncio
import json
import random
import threading
import time
from contextlib import asynccontextmanager

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WAIT = 60.0  # seconds for an answer at most
BAR_SECONDS = 2.0  # between two questions of the bar of a class: pages/classroom/browser/bar.js
ACTION_SECONDS = 5.0, 15.0  # between two things that a learner does
PACE = 200  # steps a second, as the page Train has it
PAGES = ("", "forward", "softmax", "backpropagation", "gradient_check", "train", "depth", "tuning", "sheets", "exam")
EXERCISES = "softmax", "part=exercises"


class Crowd:
    """An event loop in a thread of its own, for the learners."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def begin(self, coroutine):
        """Begin something; the future of its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def do(self, coroutine):
        return self.begin(coroutine).result()

    def end(self):
        self._loop.call_soon_threadsafe(self._loop.stop)


class Learner:
    """A browser with its cookies. `run` is the live view of a run; `refusals` are sentences of the server."""

    def __init__(self, address, name, cookies=()):
        self.address, self.name = address, name
        self.web = httpx.AsyncClient(base_url=address, headers={"Origin": address}, cookies=dict(cookies), timeout=WAIT)
        self.run = None
        self.refusals = []

    async def ask(self, action, **content):
        """The answer of a route of the class, or None where it was refused."""
        answer = await self.web.post(f"/class/{action}", json=content)
        if answer.is_success:
            return answer.json()
        self.refusals.append(answer.json()["error"])
        return None

    async def arrive(self, code):
        """Join, open Train and press Start. Returns once the run trains, or its place in the queue is known."""
        async with self.tab() as tab:
            await tab.open("join", f"join={code}")
        await self.ask("join", code=code, pseudonym=self.name)
        async with self.tab() as tab:
            await tab.open("train")
        await self.start()

    async def start(self, pace=PACE, **settings):
        self.run = await LiveView.of(self)
        await self.run.start(settings, pace)

    @asynccontextmanager
    async def tab(self):
        """A tab of Streamlit."""
        async with self.socket("/_stcore/stream", subprotocols=["streamlit"]) as socket:
            yield Tab(socket)

    def socket(self, path, **options):
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.web.cookies.jar)
        headers = {"Cookie": cookies}
        return websockets.connect(
            f"ws{self.address.removeprefix('http')}{path}",
            origin=self.address, additional_headers=headers, max_size=None, open_timeout=WAIT, ping_timeout=None, **options,
        )  # fmt: skip

    async def follow_class(self, counted):
        """What the bar of the class does, until it is cancelled. Each answer is counted in seconds."""
        await asyncio.sleep(random.uniform(0, BAR_SECONDS))
        while True:
            began = time.perf_counter()
            await self.ask("state", page="train")
            counted["state"].append(time.perf_counter() - began)
            await asyncio.sleep(BAR_SECONDS)

    async def study(self, counted):
        """Answer exercises and look at pages in turn, until it is cancelled."""
        while True:
            async with self.tab() as tab:
                await tab.open(*EXERCISES)
                for number in range(random.randint(1, 4)):
                    await asyncio.sleep(random.uniform(*ACTION_SECONDS))
                    counted["answer"].append(await tab.answer(f"psi_1 + {number}"))
            async with self.tab() as tab:
                counted["page"].append(await tab.open(random.choice(PAGES)))
                await asyncio.sleep(random.uniform(*ACTION_SECONDS))

    async def leave(self):
        if self.run:
            await self.run.close()
        await self.web.aclose()


class Tab:
    """One session of Streamlit: its pages, and the form of an exercise on view."""

    def __init__(self, socket):
        self._socket = socket
        self._page = ("", "")
        self._field = self._button = None

    async def open(self, page, query=""):
        """Seconds until the page is drawn."""
        self._page = page, query
        return await self._run()

    async def answer(self, text):
        """Send an answer to the exercise. Seconds until the page with the verdict is drawn."""
        return await self._run(text)

    async def _run(self, answer=None):
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = self._page
        if answer is not None:
            widgets = message.rerun_script.widget_states.widgets
            widgets.add(id=self._field, string_value=answer)
            widgets.add(id=self._button, trigger_value=True)
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while (found := ForwardMsg.FromString(await asyncio.wait_for(self._socket.recv(), WAIT))).WhichOneof(
            "type"
        ) != "script_finished":
            element = found.delta.new_element
            if element.text_input.label == "Your answer":
                self._field = element.text_input.id
            elif element.button.label == "Check":
                self._button = element.button.id
            elif "could not" in element.toast.body:
                raise RuntimeError(element.toast.body)
        return time.perf_counter() - began


class LiveView:
    """The WebSocket of a live view."""

    @classmethod
    async def of(cls, learner):
        await learner.web.get("/runs/session")
        view = cls()
        view._learner = learner
        view._socket = await learner.socket("/live")
        view.state, view.place, view._news = None, None, asyncio.Condition()
        view.controls = 0
        view._reading = asyncio.create_task(view._read())
        return view

    async def _read(self):
        """Only what is asked for is read, so that thirty of them cost little."""
        async for message in self._socket:
            for line in message.split("\n"):
                if line.startswith(('{"event": "state"', '{"event": "control"', '{"event": "refused"')):
                    async with self._news:
                        self._note(json.loads(line))
                        self._news.notify_all()

    def _note(self, event):
        if event["event"] == "state":
            self.state, self.place = event["state"], event["position"]
        elif event["event"] == "control":
            self.controls += 1
        else:
            self._learner.refusals.append(event["message"])

    async def send(self, **command):
        await self._socket.send(json.dumps(command))

    async def until(self, holds):
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(holds), WAIT)

    async def start(self, settings, pace):
        await self.send(do="start", kind="train", settings=settings, expectation=None)
        await self.until(lambda: self.is_placed or self.state == "finished" or self._learner.refusals)
        await self.send(do="pace", steps_per_second=pace)

    @property
    def is_placed(self):
        """Whether the run trains, or its place is known."""
        return self.state == "running" or (self.state == "queued" and self.place is not None)

    async def change(self, learning_rate):
        """Seconds until the network trains with this rate, as the browser learns it."""
        before, began = self.controls, time.perf_counter()
        await self.send(do="change", learning_rate=learning_rate)
        await self.until(lambda: self.controls > before)
        return time.perf_counter() - began

    async def close(self):
        self._reading.cancel()
        await self._socket.close()
