"""A made-up endpoint that speaks OpenAI's chat completions on this machine, and a made-up report to ask it about."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "made-up-key-0123456789"
REPORT = (
    "Isolated nerve relapse of leukemia: a case report\n\n"
    "A 12-year-old boy with acute lymphoblastic leukemia in complete remission for two years presented with pain in "
    "the left thigh. He had no fever. MRI of the lumbar spine showed thickening of the left sciatic nerve. Bone marrow "
    "aspiration was normal. Biopsy of the nerve showed leukemic cells, and an isolated relapse was diagnosed. He was "
    "treated with methotrexate. His father had diabetes. Later the limb felt oddly floppy, and the limb wasted.\n"
)


@dataclass
class Reply:
    """What the endpoint answers: a status, a body, headers, and how long it takes."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0


def answer(*values: Mapping[str, str], finish: str = "stop") -> Reply:
    """A good answer with some values."""
    return raw(json.dumps({"values": values}), finish)


def raw(content: str, finish: str = "stop") -> Reply:
    """A good envelope around any content."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}
    return Reply(json.dumps({"object": "chat.completion", "choices": [choice]}).encode())


def value(field_name: str, name: str, mention: str, before: str = "", **detail: str) -> dict[str, str]:
    """One value of an answer."""
    return {"field": field_name, "before": before, "mention": mention, "value": name, **detail}


class Endpoint:
    """The requests that came, and the replies that are given one after the other, the last of them for ever."""

    def __init__(self, replies: list[Reply]) -> None:
        self.replies = replies
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self._lock = threading.Lock()

    def take(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Note a request, and choose its reply."""
        with self._lock:
            self.requests.append(json.loads(body))
            self.headers.append(dict(headers))
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = endpoint.take(dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(reply.wait)
            try:
                self.send_response(reply.status)
                for name, text in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, text)
                self.end_headers()
                for start in range(0, len(reply.body), 1000 if reply.drip else len(reply.body) or 1):
                    self.wfile.write(reply.body[start : start + (1000 if reply.drip else len(reply.body))])
                    self.wfile.flush()
                    time.sleep(reply.drip)
            except OSError:
                self.close_connection = True  # the other side has heard enough

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def served(*replies: Reply, path: str = "/v1") -> Iterator[Endpoint]:
    """An endpoint that gives these replies."""
    endpoint = Endpoint(list(replies))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(endpoint))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}{path}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()


Make = Callable[..., Endpoint]
