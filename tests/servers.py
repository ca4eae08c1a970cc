"""A web server for tests that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answers:
    """What a server answers: one after another, the last one for ever."""

    replies: list[Any]
    """JSON to answer with, or raw bytes, or an HTTP status, or a time in seconds to wait as `("wait", seconds)`, or one
    byte after another as `("drip", seconds)`, or a function of the request that returns one of these."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    listing: float | None = None
    """Seconds between the bytes of the list of models; None: it comes at once."""

    def next(self) -> Any:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def completion(text: str | None, *, refusal: str | None = None) -> dict[str, Any]:
    """Return the reply of a chat server."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    usage = {"prompt_tokens": 30, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 10}}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}


@contextlib.contextmanager
def serving(*replies: Any) -> Iterator[Answers]:
    """Serve on a free port of this machine for as long as the block lasts."""
    answers = Answers(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answers.asked.append(json.loads(body))
            answers.headers.append(dict(self.headers))
            answers.paths.append(self.path)
            reply = answers.next()
            if callable(reply):
                reply = reply(answers.asked[-1])
            if isinstance(reply, tuple) and reply[0] == "drip":
                self.drip(reply[1])
                return
            if isinstance(reply, tuple):
                time.sleep(reply[1])
                return
            status = reply if isinstance(reply, int) else 200
            content = reply if isinstance(reply, bytes) else json.dumps({} if status != 200 else reply).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            if answers.listing is not None:
                self.drip(answers.listing)
                return
            content = json.dumps({"object": "list", "data": [{"id": "the-model", "object": "model"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def drip(self, pause_s: float) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with contextlib.suppress(OSError):  # until the other side hangs up
                for _ in range(1000):
                    self.wfile.write(b" ")
                    time.sleep(pause_s)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    answers.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
