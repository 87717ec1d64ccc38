"""Messages to a webhook: what is posted, to a real server on this machine in any weather, and what is said of it."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import partial
from types import TracebackType
from typing import Self

import pytest

from betting_tui.engine.alerts import WebhookChannel, webhook
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.engine.sources.http import Secret, post_once
from market_samples import NOW

NOTICE = Notice(NoticeKind.ARBITRAGE, "opportunity:9", "Arbitrage +2.1 %", "Away @ Home · BetMGM", urgent=True)
PATH = "/services/c0ffee?sig=5ec4e7"
HUGE = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"


class Receiver:
    """A server on 127.0.0.1 that keeps what was posted and answers with the next of `answers`, or 204.

    An answer is a status, or bytes to be sent as they are before the line stays open; None never answers.
    """

    def __init__(self, *answers: int | bytes | None) -> None:
        self.answers = list(answers)
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self._done = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}{PATH}"
        self.base = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head)
        length = next(line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length"))
        self.bodies.append(await reader.readexactly(int(length)))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, int):
            writer.write(f"HTTP/1.1 {answer} Weather\r\nLocation: {self.base}/elsewhere\r\n\r\n".encode())
            await writer.drain()
            return
        if answer is not None:
            writer.write(answer)
            while answer == HUGE and not self._done.is_set():
                writer.write(b"x" * 65536)
                await writer.drain()
        await self._done.wait()


def channel(url: str, seconds: float = 5.0) -> tuple[WebhookChannel, VirtualClock]:
    clock = VirtualClock(NOW)
    return WebhookChannel(partial(post_once, Secret(url), deadline_seconds=seconds), clock), clock


async def test_a_notice_is_posted_as_json() -> None:
    async with Receiver() as receiver:
        hook, _ = channel(receiver.url)
        assert await hook.send(NOTICE)
    assert hook.status == "ready"
    assert receiver.heads[0].startswith(f"POST {PATH} HTTP/1.1\r\n")
    assert "content-type: application/json" in receiver.heads[0].lower()
    text = "Arbitrage +2.1 %: Away @ Home · BetMGM"
    assert json.loads(receiver.bodies[0]) == {
        "app": "betting-tui", "id": "opportunity:9", "kind": "arbitrage", "title": "Arbitrage +2.1 %",
        "body": "Away @ Home · BetMGM", "urgent": True, "at": "2026-04-18T12:00:00Z", "text": text, "content": text,
    }  # fmt: skip


async def test_what_a_feed_says_calls_nobody_and_is_no_markup_and_has_an_end() -> None:
    async with Receiver() as receiver:
        hook, _ = channel(receiver.url)
        await hook.send(Notice(NoticeKind.HIGH_VALUE, "k", "<!channel>\x1b[2J", "@everyone & " + "x" * 100_000))
    posted = json.loads(receiver.bodies[0])
    assert posted["title"] == "(!channel)[2J"
    assert "@everyone" not in posted["text"] + posted["body"]
    assert len(receiver.bodies[0]) < 10_000


@pytest.mark.parametrize("answer", [500, 503, 429, 408])
async def test_what_may_pass_is_tried_again_after_growing_pauses(answer: int) -> None:
    async with Receiver(answer, answer) as receiver:
        hook, clock = channel(receiver.url)
        assert await hook.send(NOTICE)
    assert len(receiver.bodies) == 3
    assert len(set(receiver.bodies)) == 1, "the same message, by its id"
    assert clock.monotonic() == sum(webhook.PAUSES_SECONDS)
    assert hook.status == "ready"


async def test_a_server_that_goes_on_failing_is_given_up_and_then_asked_once_a_message() -> None:
    async with Receiver(*[500] * 5) as receiver:
        hook, _ = channel(receiver.url)
        for _ in range(3):
            assert not await hook.send(NOTICE)
        assert len(receiver.bodies) == 3 + 1 + 1
        assert hook.status == "it answers 500; 3 messages not delivered"
        assert await hook.send(NOTICE)
        assert hook.status == "ready"


@pytest.mark.parametrize("answer", [400, 403, 404, 410])
async def test_a_refusal_is_not_tried_again_and_says_which_setting_to_check(answer: int) -> None:
    async with Receiver(answer) as receiver:
        hook, _ = channel(receiver.url)
        assert not await hook.send(NOTICE)
    assert len(receiver.bodies) == 1
    assert str(answer) in hook.status
    assert "check notifications.webhook_url" in hook.status


@pytest.mark.parametrize("answer", [301, 302, 307, 308])
async def test_another_address_is_not_followed(answer: int) -> None:
    async with Receiver(answer) as receiver:
        hook, _ = channel(receiver.url)
        assert not await hook.send(NOTICE)
    assert [head.split()[1] for head in receiver.heads] == [PATH]
    assert "not followed" in hook.status


async def test_a_server_that_never_answers_is_left_in_time() -> None:
    async with Receiver(None, None, None) as receiver, asyncio.timeout(20):
        hook, _ = channel(receiver.url, seconds=0.15)
        assert not await hook.send(NOTICE)
    assert "no answer within 0.15 s" in hook.status


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 O", b"SSH-2.0-OpenSSH\r\n"])
async def test_a_server_that_does_not_finish_or_speaks_otherwise_is_left_in_time(answer: bytes) -> None:
    async with Receiver(*[answer] * 3) as receiver, asyncio.timeout(20):
        hook, _ = channel(receiver.url, seconds=0.15)
        assert not await hook.send(NOTICE)
    assert hook.status != "ready"


async def test_an_answer_without_end_is_not_read() -> None:
    async with Receiver(HUGE) as receiver, asyncio.timeout(20):
        hook, _ = channel(receiver.url)
        assert await hook.send(NOTICE)


async def test_a_closed_door_is_said_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    async with Receiver() as receiver:
        url = receiver.url
    hook, _ = channel(url)
    with caplog.at_level(logging.DEBUG):
        assert not await hook.send(NOTICE)
        assert not await hook.send(NOTICE)
    assert hook.status == "it cannot be reached; 2 messages not delivered"
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == 1
    assert "c0ffee" not in caplog.text + repr(hook) + hook.status
    assert "127.0.0.1" not in hook.status


async def test_what_is_raised_on_the_way_holds_nothing_of_the_address() -> None:
    async with Receiver() as receiver:
        url = receiver.url
    with pytest.raises(Exception, match="cannot be reached") as caught:
        await post_once(Secret(url), b"{}", deadline_seconds=1)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "c0ffee" not in repr(caught.value)


def test_the_bound_leaves_room_for_all_tries() -> None:
    tries = len(webhook.PAUSES_SECONDS) + 1
    assert tries * webhook.ANSWER_SECONDS + sum(webhook.PAUSES_SECONDS) < webhook.BOUND_SECONDS <= 60
