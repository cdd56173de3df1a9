"""The live view's own files, served to the browser: our modules as they lie in pages/live, and vega-embed as one offline script."""

from functools import lru_cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

LIVE = Path(__file__).parent.parent / "live"


class Revalidated(StaticFiles):
    """Static files that the browser asks about each time: a new version of the app is never shown by half."""

    def file_response(self, *arguments, **options):
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response


@lru_cache
def vega_embed():
    """vega-embed with all it needs, as one script: no network, no CDN."""
    import vl_convert

    return vl_convert.javascript_bundle().encode()


async def _vega_embed(request):
    script = await run_in_threadpool(vega_embed)
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})


routes = [
    Route("/live-view/vega-embed.js", _vega_embed),
    Mount("/live-view", Revalidated(directory=LIVE)),
]
