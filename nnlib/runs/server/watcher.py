"""The event lines that wait for one browser."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from nnlib.runs.protocol import PASSING, kind_of

BACKLOG = 500  # durable lines that wait at most; a browser that is further behind receives the whole story again, thinned

Story = Callable[[], Awaitable[Sequence[str]]]


class Watcher:
    """The lines on their way to one browser.

    First comes the story of the run so far, then the lines since it was asked for. Durable lines wait in order; of passing
    ones only the newest waits, so that a slow browser skips some. If too many durable lines wait, they are dropped, and the
    story is sent again: they are in it. This may happen while the story is read, on a slow server: then both are sent.

    Parameters
    ----------
    session : the session of the browser
    address : its network address, None if unknown
    cookies : the cookies of the browser
    classroom : the number of its class, None if it is in none
    teaches : whether it is the teacher's
    """

    def __init__(
        self,
        session: str | None = None,
        address: str | None = None,
        cookies: Mapping[str, str] = MappingProxyType({}),
        classroom: int | None = None,
        teaches: bool = False,
    ) -> None:
        self.session, self.address, self.cookies = session, address, cookies
        self.classroom, self.teaches = classroom, teaches
        self._story: Story | None = None
        self._story_due = False
        self._durable: deque[str] = deque()
        self._newest: dict[str, str] = {}
        self._something = asyncio.Event()

    def follow(self, story: Story) -> None:
        """Watch a run: drop the waiting lines, and begin with those that `await story()` returns."""
        self._story, self._story_due = story, True
        self._clear()
        self._something.set()

    def unfollow(self) -> None:
        """Watch nothing."""
        self._story, self._story_due = None, False
        self._clear()

    def push(self, line: str) -> None:
        """Add one event line."""
        kind = kind_of(line)
        if kind in PASSING:
            self._newest[kind] = line
        else:
            self._durable.append(line)
            if len(self._durable) > BACKLOG:
                self._durable.clear()
                self._story_due = self._story is not None
        self._something.set()

    async def take(self) -> str:
        """Wait until there is something, and return all of it as one text, an event a line."""
        while True:
            if self._story_due and (story := self._story) is not None:
                self._story_due = False
                lines = await story()
                if self._story is story:  # else it watches another run by now, or none
                    return "\n".join(lines)
            elif waiting := [*self._durable, *self._newest.values()]:
                self._clear()
                return "\n".join(waiting)
            else:
                self._something.clear()
                await self._something.wait()

    def _clear(self) -> None:
        self._durable.clear()
        self._newest.clear()
