"""The example world from the first submission to ``demo.json``, in a process beside the server."""

from __future__ import annotations

import json
import multiprocessing
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from everycount.site.demo import life, numbers
from everycount.site.demo.phones import Sent, send, submissions, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everycount.site.environment import Environment

NAME = "demo.json"
_PHONES = 8


@dataclass(frozen=True, slots=True)
class Feed:
    """What the phones need to know: where each sends, and what to write down when they are done."""

    phones: dict[str, str]
    told: dict[str, Any]
    note: Path
    open_browser: bool


def start_phones(
    environment: Environment, told: dict[str, Any], phones: dict[str, str], *, open_browser: bool
) -> None:
    """Phones in a process of their own, which send as soon as the server answers."""
    feed = Feed(phones, told, environment.data / NAME, open_browser)
    multiprocessing.get_context("spawn").Process(target=send_all, args=(feed,), daemon=True).start()


def send_all(feed: Feed, say: Callable[[str], None] = print) -> None:
    """Sends every record of the example, lets the world live on, then writes ``demo.json``."""
    wait_for(feed.told["url"])
    sent = _sent(feed, list(submissions()), say)
    withdrawn = life.live_on(feed.told["url"], feed.phones, sent, say)
    kept = next(each for each in sent if each.agrees and each.instance not in withdrawn)
    left = [each for each in sent if each.instance not in withdrawn and each != kept]
    page = numbers.publish_numbers(feed.told["url"], left, say)
    told = feed.told | {"receipt": kept.receipt, "withdrawn": len(withdrawn)}
    told["public_release_url"] = feed.told["url"].rstrip("/") + page
    fresh = feed.note.with_suffix(".new")
    fresh.write_text(json.dumps(told, indent=1), encoding="utf-8")
    fresh.rename(feed.note)
    say(f"The example world is ready: {told['url']} (who is who stands in {feed.note})")
    if feed.open_browser:
        webbrowser.open(told["url"])


def _sent(feed: Feed, waiting: list[Sent], say: Callable[[str], None]) -> list[Sent]:
    def post(each: Sent) -> Sent:
        return replace(each, receipt=send(feed.phones[each.place], each.xml))

    done = []
    with ThreadPoolExecutor(_PHONES) as phones:
        for number, each in enumerate(phones.map(post, waiting), start=1):
            done.append(each)
            if number % 250 == 0:
                say(f"{number} of {len(waiting)} invented submissions have come")
    return done
