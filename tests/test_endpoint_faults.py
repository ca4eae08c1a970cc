"""Endpoints that break their replies off, send too much, fall silent or tell the key; and keys and addresses."""

import contextlib
import gzip
import json
import socket
import threading
from pathlib import Path

import pytest
from servers import completion, serving

import agents.eval
from agents.backends import check_backend, endpoint
from agents.backends.endpoint import Endpoint, EndpointError, Patience
from agents.backends.openai import OpenAIBackend
from agents.config import OpenAIConfig
from agents.core import Sampling
from envs.core import ConfigError, Message

PLUGIN = Path(__file__).parent / "toys_plugin.py"
ASKED = [(Message(role="user", content="digit 0"),)]
SAMPLING = Sampling(temperature=0.5, max_new_tokens=7, seed=3)
KEY = "sk-very-secret"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(endpoint, "_PAUSE_S", 0.001)


def whole_request(connection):
    """Read all of it: a connection closed with something unread is reset, and what was sent on it is lost."""
    read = b""
    while piece := connection.recv(2**16):
        read += piece
        top, blank, body = read.partition(b"\r\n\r\n")
        [length] = [int(line[15:]) for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:")] or [0]
        if blank and len(body) >= length:
            break
    return read


class Raw:
    """Sends the same bytes to whoever asks, and counts."""

    def __init__(self, *replies, more=0):
        self.replies, self.more = list(replies), more
        self.asked, self.sent = 0, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            with connection, contextlib.suppress(OSError):
                if not whole_request(connection):  # the one that stops us
                    return
                self.asked += 1
                connection.sendall(self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])
                for _ in range(self.more):
                    self.sent += connection.send(b"x" * 2**16)

    def stop(self):
        with socket.create_connection(self.socket.getsockname()[:2]):
            pass
        self.thread.join()
        self.socket.close()


@contextlib.contextmanager
def sending(*replies, more=0):
    raw = Raw(*replies, more=more)
    try:
        yield raw
    finally:
        raw.stop()


def head(status, *headers):
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "", ""]).encode()


def whole(reply):
    body = json.dumps(reply).encode()
    return head(200, f"Content-Length: {len(body)}", "Connection: close") + body


def backend(answers, **options):
    return OpenAIBackend(OpenAIConfig(url=answers.url, **{"retries": 1, **options}), "some-model")


def evaluation(url, *more):
    return [f"plugins=[{PLUGIN}]", "env=kinds", "backend=openai", f"backend.url={url}", "samples=2", "model=m", *more]


# ---- replies that break off


BROKEN = {
    "short": head(200, "Content-Length: 1000") + b'{"choices"',
    "short error": head(500, "Content-Length: 1000") + b'{"error"',
    "chunk": head(200, "Transfer-Encoding: chunked") + b"ZZZ\r\n{}\r\n",
    "gzip": head(200, "Content-Encoding: gzip", "Content-Length: 2") + b"{}",
    "no status": b"\0\0\0\0\r\n\r\n",
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
def test_a_reply_that_breaks_off_is_asked_for_again_and_then_an_error(reply):
    with sending(reply) as answers:
        [error] = backend(answers).answer(ASKED, SAMPLING)
        assert isinstance(error, EndpointError)
        assert answers.asked == 2
    with sending(reply, whole(completion("7"))) as answers:
        [turn] = backend(answers).answer(ASKED, SAMPLING)
    assert turn.text == "7"


def test_a_reply_that_breaks_off_costs_one_episode_and_not_the_evaluation(command, capsys):
    # twelve answers, the first without a second try
    with sending(BROKEN["short"], whole(completion("7"))) as answers:
        options = ("backend.retries=0", "backend.concurrency=1")
        assert command(agents.eval.main, *evaluation(answers.url, *options)) == 0
    assert "1 completions could not be judged and are left out" in capsys.readouterr().err


# ---- replies that are too long


@pytest.mark.parametrize("status", [500, 400, 302, 200])
def test_of_a_long_reply_only_the_beginning_is_fetched(status, monkeypatch):
    monkeypatch.setattr(endpoint, "MOST_BYTES", 2**20)
    reply = head(status, f"Content-Length: {2**26}", "Location: /elsewhere")
    # 64 MiB are offered; what the system keeps between two sockets is a few
    with sending(reply, more=2**10) as answers:
        [error] = backend(answers, retries=0).answer(ASKED, SAMPLING)
    assert isinstance(error, EndpointError)
    assert answers.sent < answers.asked * 2**24  # a redirect is followed twenty times
    assert len(str(error)) < 1000


def test_an_error_is_neither_unpacked_nor_read_in_a_code_that_is_no_text():
    packed = gzip.compress(b"x" * 2**26)
    headers = (f"Content-Length: {len(packed)}", "Content-Encoding: gzip", "Content-Type: text/html; charset=base64")
    with sending(head(400, *headers) + packed) as answers:
        [error] = backend(answers).answer(ASKED, SAMPLING)
    assert "answers 400" in str(error)
    assert "xxx" not in str(error)


def test_a_list_of_models_that_never_ends_is_an_error(monkeypatch):
    monkeypatch.setattr(endpoint, "MOST_BYTES", 2**20)
    with sending(head(200, f"Content-Length: {2**26}"), more=2**10) as answers:
        asked = Endpoint(answers.url, key_env=None, concurrency=1, timeout_s=20, retries=0)
        with pytest.raises(EndpointError, match=r"lists no model: .* more than 1048576 bytes"):
            asked.first_model()
    assert answers.sent < 2**24


@pytest.mark.parametrize("count", [10**400, 2**31, -1, True, 4.0, "4", None, [4]])
def test_a_count_of_tokens_that_cannot_be_is_unknown(count):
    reply = completion("7")
    reply["usage"] = {"prompt_tokens": count, "completion_tokens": count}
    with serving(reply) as answers:
        [turn] = backend(answers).answer(ASKED, SAMPLING)
    assert (turn.unseen_context, turn.completion.unseen_tokens) == (None, None)


# ---- the key


def test_white_space_around_a_key_is_not_sent(monkeypatch):
    monkeypatch.setenv("MY_KEY", f" {KEY}\r\n")
    check_backend({"name": "openai", "url": "http://x", "key_env": "MY_KEY"}, training=False)
    with serving(completion("7")) as answers:
        [turn] = backend(answers, key_env="MY_KEY").answer(ASKED, SAMPLING)
    assert turn.text == "7"
    assert answers.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", [f"{KEY}é", f"{KEY}\nx", f"{KEY}\t{KEY}", f"{KEY}\x7f", " \n"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_quoted(monkeypatch, command, capsys, key):
    monkeypatch.setenv("MY_KEY", key)
    assert command(agents.eval.main, *evaluation("http://x", "backend.key_env=MY_KEY")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: backend.key_env") and said.count("\n") == 1
    assert KEY not in said


@pytest.mark.parametrize("given", ["sk-very-secret", "very_secret", ""])
def test_a_key_in_the_place_of_its_name_is_not_quoted(given):
    with pytest.raises(ConfigError, match=r"backend\.key_env") as refused:
        check_backend({"name": "openai", "url": "http://x", "key_env": given}, training=False)
    assert "secret" not in str(refused.value)


ECHOES = [
    whole({"headers": {"authorization": f"Bearer {KEY}"}}),
    whole({"choices": [{"finish_reason": KEY}]}),
    whole({"choices": [{"finish_reason": "stop", "message": {"content": [KEY]}}]}),
    whole([KEY]),
    head(200, "Connection: close") + b"\n" + KEY.encode(),
    head(500, "Connection: close") + KEY.encode(),
    head(400, "Connection: close") + json.dumps({"error": {"message": f"no {KEY}"}}).encode(),
    KEY.encode() + b"\r\n\r\n",
]


@pytest.mark.parametrize("reply", ECHOES)
def test_a_reply_that_tells_the_key_does_not_bring_it_into_a_message(monkeypatch, reply):
    monkeypatch.setenv("MY_KEY", KEY)
    with sending(reply) as answers:
        [error] = backend(answers, key_env="MY_KEY").answer(ASKED, SAMPLING)
    assert isinstance(error, EndpointError)
    assert "very-secret" not in str(error)


def test_a_refusal_does_not_tell_the_key_nor_more_than_a_line(monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    body = f"bad key\n\x1b[31m{KEY} ".encode() * 1000
    with sending(head(401, "Connection: close") + body) as answers, pytest.raises(ConfigError) as refused:
        backend(answers, key_env="MY_KEY").answer(ASKED, SAMPLING)
    assert "refuses the key: " in str(refused.value)
    assert KEY not in str(refused.value)
    assert str(refused.value).isprintable() and len(str(refused.value)) <= 500


def test_a_refusal_that_breaks_off_is_still_a_refusal():
    with sending(head(401, "Content-Length: 1000") + b"bad key") as answers:
        with pytest.raises(ConfigError, match="refuses the key"):
            backend(answers).answer(ASKED, SAMPLING)
        assert answers.asked == 1


# ---- endpoints that are dead or fall silent


def test_an_endpoint_that_never_answered_is_given_up_after_one_round(command, capsys):
    # 12 episodes, four side by side, five tries each: of the other eight, those that start before the fourth is lost
    # have one try, and the rest none
    with serving(("wait", 0.3)) as answers:
        options = ("backend.concurrency=4", "backend.timeout_s=0.1")
        assert command(agents.eval.main, *evaluation(answers.url, *options)) == 2
    assert 20 <= len(answers.asked) <= 23
    said = capsys.readouterr().err
    assert said.startswith("error: not one of 12 episodes could be judged") and said.count("\n") == 1
    assert "did not answer within 0.1 s (endpoint_error 12)" in said


def test_an_endpoint_that_is_not_there_is_given_up_after_one_round(monkeypatch):
    lost = []
    counted = Patience.lost
    monkeypatch.setattr(Patience, "lost", lambda self, failure: (lost.append(failure), counted(self, failure)))
    with serving(completion("7")) as answers:
        pass
    errors = backend(answers, concurrency=5).answer(ASKED * 100, SAMPLING)
    assert [str(error) for error in errors] == [str(lost[0])] * 100
    assert "cannot be reached" in str(lost[0])
    assert len(lost) < 10


def test_an_endpoint_that_falls_silent_is_given_up_and_asked_again_at_the_next_call():
    # five tries make up a round of one request at a time, twice as many after an answer
    with serving(completion("7"), *[500] * 10, completion("8")) as answers:
        asked = backend(answers, concurrency=1, retries=0)
        first = asked.answer(ASKED * 30, SAMPLING)
        assert len(answers.asked) == 11
        answers.replies[:0] = [500]
        second, third = asked.answer(ASKED * 30, SAMPLING), asked.answer(ASKED * 3, SAMPLING)
    assert [isinstance(answer, EndpointError) for answer in first] == [False] + [True] * 29
    # one more failure gives it up again, an answer does not
    assert all(isinstance(answer, EndpointError) for answer in second)
    assert [turn.text for turn in third] == ["8"] * 3
    assert len(answers.asked) == 11 + 1 + 3


def test_single_failures_between_answers_give_nothing_up():
    with serving(*[500, completion("7")] * 20) as answers:
        turns = backend(answers, concurrency=1, retries=0).answer(ASKED * 40, SAMPLING)
    assert sum(isinstance(turn, EndpointError) for turn in turns) == 20


@pytest.mark.parametrize(
    ("concurrency", "tries", "first", "later"), [(8, 5, 8, 16), (64, 3, 64, 64), (1, 5, 1, 2), (1, 1, 5, 10)]
)
def test_how_many_lost_requests_in_a_row_are_the_end(concurrency, tries, first, later):
    patience = Patience(concurrency, tries)
    for limit in (first, later):
        for count in range(limit):
            assert patience.end is None, count
            patience.lost(EndpointError("silent"))
        assert str(patience.end) == "silent"
        patience.begin()
        patience.answered()


# ---- what cannot be sent


def test_a_limit_may_have_a_name_that_the_client_does_not_know():
    with serving(completion("7")) as answers:
        [turn] = backend(answers, limit_name="max_new_tokens").answer(ASKED, SAMPLING)
    assert turn.text == "7"
    assert answers.asked[0]["max_new_tokens"] == 7


@pytest.mark.parametrize(
    "url", ["http://localhost:99999", "http://localhost:x/v1", "http://", "http://[1", "http://a\tb"]
)
def test_an_address_that_cannot_be_is_refused_in_one_line(command, capsys, url):
    assert command(agents.eval.main, *evaluation(f"'{url}'")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: backend.url") and said.count("\n") == 1


def test_a_password_in_an_address_is_refused_and_not_shown(command, capsys):
    assert command(agents.eval.main, *evaluation(f"http://me:{KEY}@localhost:1/v1")) == 2
    said = capsys.readouterr().err
    assert "no name and no password: see backend.key_env" in said and said.count("\n") == 1
    assert KEY not in said


def test_an_address_that_only_the_client_finds_wrong_is_refused():
    with pytest.raises(ConfigError, match=r"nothing can be sent to http://a\.\.b"):
        OpenAIBackend(OpenAIConfig(url="http://a..b\u2100"), "m").answer(ASKED, SAMPLING)


def test_a_proxy_that_cannot_be_is_refused_in_one_line(command, capsys, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "foo://bar")
    monkeypatch.delenv("http_proxy", raising=False)
    assert command(agents.eval.main, *evaluation("http://localhost:1")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: nothing can be sent to http://localhost:1: ") and said.count("\n") == 1
    assert "HTTP_PROXY" in said
