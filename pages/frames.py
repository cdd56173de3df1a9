"""No other site may show the app in a frame, where a learner could be made to click on what is not seen."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = (b"content-security-policy", b"frame-ancestors 'self'")


class SameSiteFrames:
    """Middleware that adds the header to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), HEADER]
            await send(message)

        await self.app(scope, receive, send_with_header)
