"""What X's JSON says. Pure.

A direct message comes in one of two shapes: `direct_message_events`, as older APIs write it, or an
object of API v2. Of the profiles that come with it nothing is kept.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from channels import grammar
from channels.inbound import File, Incoming, NotUnderstood

DIRECT, MENTION = "dm.received", "post.mention.create"
#: A reply to a post of ours that says less is a nod and no complaint.
LEAST_REPLY = 10
LINK = re.compile(r"https?://\S+")

#: A message: X's id, the author's id, and what is kept of it.
Found = tuple[str, str, dict[str, Any]]


# --- Taking an event apart --------------------------------------------------------------------


def messages_of(event: dict[str, Any], account: str) -> Iterator[Found]:
    """The messages in an event; none in one of a kind that we do not take."""
    payload, kind = event.get("payload"), event.get("event_type")
    if kind not in (DIRECT, MENTION):
        return
    if not isinstance(payload, dict):
        yield "", "", {"event": kind}
    elif kind == MENTION:
        yield _mention(payload, _dict(event.get("includes")), account)
    elif "direct_message_events" in payload:
        for message in _dicts(payload["direct_message_events"]):
            if message.get("type") == "message_create":
                yield _direct(message)
    elif payload.get("event_type", "MessageCreate") == "MessageCreate":
        media = media_by_key(event.get("includes"))
        kept = {"event": DIRECT, "message": payload, "media": media}
        yield _text(payload.get("id")), _text(payload.get("sender_id")), kept


def _direct(message: dict[str, Any]) -> Found:
    created = _dict(message.get("message_create"))
    kept = {"event": DIRECT, "old": message}
    return _text(message.get("id")), _text(created.get("sender_id")), kept


def _mention(post: dict[str, Any], includes: dict[str, Any], account: str) -> Found:
    """An edited post is the same post: it goes by the id of its first version."""
    versions = post.get("edit_history_tweet_ids")
    first = versions[0] if isinstance(versions, list) and versions else post.get("id")
    kept = {
        "event": MENTION,
        "post": post,
        "media": media_by_key(includes),
        "names": _names_of(account, post, includes),
        "answers_us": _answers(account, post, includes),
    }
    return _text(first), _text(post.get("author_id")), kept


def _names_of(account: str, post: dict[str, Any], includes: dict[str, Any]) -> list[str]:
    """The @names under which the post mentions our account."""
    mentions = _dicts(_dict(post.get("entities")).get("mentions"))
    known = [*mentions, *_dicts(includes.get("users"))]
    names = {_text(row.get("username")) for row in known if _text(row.get("id")) == account}
    return sorted(names - {""})


def _answers(account: str, post: dict[str, Any], includes: dict[str, Any]) -> bool:
    """Whether it is a reply to a post of ours."""
    if "in_reply_to_user_id" in post:
        return _text(post["in_reply_to_user_id"]) == account
    posts = {_text(row.get("id")): row for row in _dicts(includes.get("tweets"))}
    answered = [posts.get(_text(row.get("id")), {}) for row in _referenced(post, "replied_to")]
    return any(_text(row.get("author_id")) == account for row in answered)


def _referenced(post: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for row in _dicts(post.get("referenced_tweets")) if row.get("type") == kind]


def media_by_key(includes: Any) -> dict[str, dict[str, str]]:
    """Type and address of each medium that came with an event or an answer."""
    rows = _dicts(_dict(includes).get("media"))
    return {
        _text(row.get("media_key")): {"type": _text(row.get("type")), "url": _text(row.get("url"))}
        for row in rows
    }


# --- Reading what was stored ------------------------------------------------------------------


def read(payload: dict[str, Any]) -> Incoming:
    """What a stored message says. Raises NotUnderstood."""
    if "old" in payload:
        return _read_old(payload["old"])
    if "message" in payload:
        message = payload["message"]
        files = _files(message, payload["media"], f"/2/dm_events/{message.get('id')}")
        sent_at = _moment(message.get("created_at"))
        return Incoming(text=_words(message, bool(files)), files=files, sent_at=sent_at)
    if "post" in payload:
        return _read_post(payload)
    raise NotUnderstood("no_message")


def _read_old(message: dict[str, Any]) -> Incoming:
    data = _dict(_dict(message.get("message_create")).get("message_data"))
    media = _dict(_dict(data.get("attachment")).get("media"))
    text = _text(data.get("text"))
    files: tuple[File, ...] = ()
    if media:
        # The words end with a link to what is attached: it is nobody's word.
        text = text.replace(_text(media.get("url")) or "\0", "")
        kind, url = _text(media.get("type")), _text(media.get("media_url_https"))
        files = (File({"type": kind if url else "", "url": url}),)
    elif not text:
        raise NotUnderstood("no_words")
    written = _text(message.get("created_timestamp"))
    at = datetime.fromtimestamp(int(written) / 1000, UTC) if _is_milliseconds(written) else None
    return Incoming(text=_plain(text), files=files, sent_at=at)


def _read_post(payload: dict[str, Any]) -> Incoming:
    post = payload["post"]
    if _referenced(post, "retweeted"):
        return Incoming(is_public=True, nothing=True)
    files = _files(post, payload["media"], f"/2/tweets/{post.get('id')}")
    text = _words(post, bool(files))
    for name in payload["names"]:
        text = re.sub(rf"(?<!\w)@{re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"[ \t]+", " ", text).strip()
    short = grammar.letters(LINK.sub("", text)) < LEAST_REPLY
    nothing = not files and (not text or (payload["answers_us"] and short))
    sent_at = _moment(post.get("created_at"))
    return Incoming(text=text, files=files, is_public=True, nothing=nothing, sent_at=sent_at)


def _words(found: dict[str, Any], has_files: bool) -> str:
    """The words of a post or message of API v2, without the links to what is attached.

    Raises NotUnderstood where there is nothing at all.
    """
    said = _text(found.get("text"))
    if not said and not has_files:
        raise NotUnderstood("no_words")
    for row in _dicts(_dict(found.get("entities")).get("urls")):
        if row.get("media_key") and row.get("url"):
            said = said.replace(_text(row["url"]), "")
    return _plain(said)


def _files(found: dict[str, Any], media: dict[str, Any], of: str) -> tuple[File, ...]:
    """What is attached; where only a key was given, it is looked up when it is fetched."""
    keys = _dict(found.get("attachments")).get("media_keys")
    files = []
    for key in keys if isinstance(keys, list) else []:
        known = media.get(_text(key))
        # The first part of a key says the kind: 3 is a photo.
        kind = known["type"] if known else "photo" if _text(key).startswith("3_") else ""
        url = known["url"] if known else ""
        files.append(File({"type": kind, "url": url, "key": _text(key), "of": of}))
    return tuple(files)


def _plain(text: str) -> str:
    """X writes &, < and > as HTML does."""
    return html.unescape(text).strip()


def _moment(written: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(written))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _is_milliseconds(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) <= 14


def _text(found: Any) -> str:
    """A text or a number as text; empty for anything else."""
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return str(found)


def _dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
