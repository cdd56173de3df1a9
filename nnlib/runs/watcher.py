"""What one browser still has to be told."""

import asyncio
from collections import deque

BACKLOG = 500  # durable lines waiting; a browser further behind is told the whole story again, thinned
PASSING = ("frame", "preparing", "state")  # of these only the newest matters


class Watcher:
    """The lines on their way to one browser.

    Durable lines wait in order. Of frames, progress reports and states only the newest waits: a slow browser skips some. One
    so slow that too many lines wait is marked `fell_behind`: they are dropped, and the hub tells it the story anew, which
    holds them.
    """

    def __init__(self):
        self.fell_behind = False
        self._durable = deque()
        self._newest = {}
        self._something = asyncio.Event()
        self._held = False

    def hold(self):
        """Keep everything back until `tell_first`: what the browser must know before is still being read."""
        self._held = True

    def tell_first(self, lines):
        """Put `lines` before all that waits, and stop holding it back."""
        self._durable.extendleft(reversed(lines))
        self._held = False
        self._something.set()

    def push(self, line):
        """Add one event line (str). Its kind is read off its beginning: frames are never parsed on the way."""
        for kind in PASSING:
            if line.startswith(f'{{"event": "{kind}"'):
                self._newest[kind] = line
                break
        else:
            if len(self._durable) >= BACKLOG:
                self._durable.clear()
                self.fell_behind = True
            self._durable.append(line)
        self._something.set()

    def clear(self):
        """Forget everything that waits: the browser looks at another run now."""
        self._durable.clear()
        self._newest.clear()
        self.fell_behind = False

    async def take(self):
        """Wait until there is something, and return all of it as one text, an event a line."""
        while self._held or not (self._durable or self._newest):
            self._something.clear()
            await self._something.wait()
        lines = [*self._durable, *self._newest.values()]
        self._durable.clear()
        self._newest.clear()
        return "\n".join(lines)
