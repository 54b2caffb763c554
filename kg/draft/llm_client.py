"""One question to an endpoint that speaks OpenAI's chat completions, and its answer; bounded in time and size.

The client is a plain HTTP client. OpenAI's own library was weighed and left: it follows redirects, takes addresses and
keys from variables that the user may have set for something else, and reads an answer of any size to its end.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.config import llm_key
from kg.errors import ConfigError, EndpointError
from kg.extract.rulefiles import rules

if TYPE_CHECKING:
    import httpx2

Json = dict[str, Any]

ATTEMPTS = 3
_LONGEST_PAUSE = 20.0
_TO_CONNECT = 10.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Model:
    """A language model: the address of its endpoint, its name there, and the seconds that one document may take.

    It travels with the work; the key does not. That is read where the question is asked.
    """

    url: str
    name: str
    seconds: float = 60.0

    @property
    def label(self) -> str:
        """What it is called in drafts and in journals."""
        return f"{self.name} at {urlsplit(self.url).netloc}"


def model_of(url: str | None, name: str | None, seconds: float) -> Model | None:
    """The model that the user chose; ``None`` if none was.

    Raises:
        ConfigError: an address without a name or a name without an address; an address that cannot be used, or over
            which the key would go unprotected; or the package is not installed.
    """
    if not url and not name:
        return None
    if not url or not name:
        given, lacking = ("address", "--llm-model") if url else ("name", "--llm-url")
        raise ConfigError(f"A model has an address and a name; there is only its {given}. Give {lacking}.")
    if not re.fullmatch(r"[\w.:/@+-]{1,80}", name, re.ASCII):
        raise ConfigError("--llm-model has letters, figures and “. : / @ + - _”, at most 80. Correct it.")
    check_address(url)
    try:
        import httpx2  # noqa: F401 (at its use: it comes with the extra “llm”)
    except ImportError as error:
        raise ConfigError("--llm-url needs httpx2. Install it: pip install 'sanctuary-kg[llm]'.") from error
    return Model(url.rstrip("/"), name, seconds)


def check_address(url: str) -> None:
    """Whether an address can be used.

    Raises:
        ConfigError: it is none, holds a password, or would have the key go over the network unprotected.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError("--llm-url is not an address. Write https://host/v1.") from error
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", url):
        raise ConfigError("--llm-url begins with https:// or http:// and names a host. Write https://host/v1.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigError("--llm-url has no user, “?” or “#”. A key goes into SANCTUARY_LLM_KEY.")
    if parts.scheme == "http" and host not in _LOCAL and llm_key():
        raise ConfigError(
            "A key is not sent over http:// to another machine. Use https://, or unset SANCTUARY_LLM_KEY."
        )


class _Again(EndpointError):  # noqa: N818 (a state of the question, told within this module)
    """It may go better a moment later; ``pause`` is what the endpoint asks for, in seconds."""

    def __init__(self, said: str, pause: float | None = None) -> None:
        super().__init__(said)
        self.pause = pause


class Client:
    """A connection to the endpoint of a model, for one process."""

    def __init__(self, model: Model) -> None:
        """Take a model; nothing is sent yet.

        Raises:
            ConfigError: the address would have the key of this process go unprotected, or the package is missing.
        """
        check_address(model.url)
        try:
            import httpx2
        except ImportError as error:
            raise ConfigError("The model needs httpx2. Install it: pip install 'sanctuary-kg[llm]'.") from error
        self.model = model
        self._http: Any = httpx2
        key = llm_key()
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})
        # A redirect would carry text and key to a place that the user has not named.
        self._client: httpx2.Client = httpx2.Client(headers=headers, follow_redirects=False)

    def ask(self, request: Mapping[str, Any], deadline: float, sleep: Callable[[float], None] = time.sleep) -> Json:
        """The JSON that the model answers with.

        Args:
            request: messages and the format of the answer, without the model.
            deadline: time of the monotonic clock after which no more is tried.
            sleep: waits between two tries.

        Raises:
            EndpointError: there is no answer in time, it is refused, too large, or no JSON object.
        """
        body = json.dumps({"model": self.model.name, **request}, ensure_ascii=False).encode("utf-8", "replace")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _answer(self._post(body, deadline))
            except _Again as again:
                pause = again.pause if again.pause is not None else 2.0 ** (attempt - 1) * random.uniform(0.5, 1.0)
                if attempt == ATTEMPTS or pause > _LONGEST_PAUSE or time.monotonic() + pause >= deadline:
                    times = f" (tried {attempt} times)" if attempt > 1 else ""
                    raise EndpointError(f"{again}{times}") from None
                sleep(pause)
        raise AssertionError("the last attempt ends the loop")

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _post(self, body: bytes, deadline: float) -> bytes:
        """The body of a good answer."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise EndpointError("there was no time left")
        timeout = self._http.Timeout(left, connect=min(left, _TO_CONNECT))
        headers = {"Content-Type": "application/json"}
        address = f"{self.model.url}/chat/completions"
        try:
            with self._client.stream("POST", address, content=body, headers=headers, timeout=timeout) as response:
                _check_status(response.status_code, response.headers.get("Retry-After"))
                return self._read(response, deadline)
        except self._http.TimeoutException:
            raise EndpointError("there was no answer in time") from None
        except self._http.HTTPError as error:
            # The words of the library may hold the address with what a proxy needs; its kind says enough.
            raise _Again(f"the connection failed: {type(error).__name__}") from None

    @staticmethod
    def _read(response: httpx2.Response, deadline: float) -> bytes:
        most = rules("llm")["most_answer"]
        parts: list[bytes] = []
        size = 0
        for part in response.iter_raw(chunk_size=16_384):
            size += len(part)
            if size > most:
                raise EndpointError(f"the answer has more than {most:,} bytes")
            if time.monotonic() > deadline:
                raise EndpointError("the answer did not end in time")
            parts.append(part)
        return b"".join(parts)


def _check_status(status: int, retry_after: str | None) -> None:
    """Raise what a status means. What the endpoint says beside it is never shown: some repeat the key."""
    if status == 200:
        return
    if 300 <= status < 400:
        raise EndpointError(f"the endpoint answers {status}, a redirect, which is not followed. Name the final address")
    if status in (401, 403):
        raise EndpointError(f"the endpoint answers {status}. Check the key in SANCTUARY_LLM_KEY")
    if status == 404:
        raise EndpointError("the endpoint answers 404. Check --llm-url, which ends in /v1 as a rule, and --llm-model")
    if status in (408, 409, 425, 429) or status >= 500:
        asked = retry_after if retry_after and re.fullmatch(r"\d{1,4}(?:\.\d+)?", retry_after) else None
        raise _Again(f"the endpoint answers {status}", float(asked) if asked else None)
    raise EndpointError(f"the endpoint answers {status}")


def _answer(body: bytes) -> Json:
    """The object inside an answer."""
    unfit = "the answer is not of the form asked for"
    try:
        choice = json.loads(body)["choices"][0]
        if choice.get("finish_reason") == "length":
            raise EndpointError("the answer was cut off by the endpoint")
        found = json.loads(choice["message"]["content"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _Again(unfit) from None
    if not isinstance(found, dict):
        raise _Again(unfit)
    return found
