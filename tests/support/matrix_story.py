"""What happens in rooms on Matrix, told line by line as people there would read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.story_lines import BOT, Show, paragraph, shortly
from tests.support.synapse.people import Json


@dataclass
class MatrixStory:
    """Hears of every event in somebody's rooms, and shows it as lines."""

    bot: str
    show: Show
    names: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """What stands in messages, by their ids."""

    def happened(self, room: str, event: Json) -> None:
        """Show an event."""
        tell = {
            "m.room.message": self._wrote,
            "m.room.redaction": self._took_back,
            "m.reaction": self._reacted,
            "m.room.topic": self._headed,
            "m.room.pinned_events": self._pinned,
        }.get(event["type"])
        for line in tell(self._place(room), event) if tell else ():
            self.show(line)

    def _wrote(self, where: str, event: Json) -> Iterator[str]:
        content = event["content"]
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            yield from self._changed(where, event, relation["event_id"])
            return
        if "body" not in content:
            return
        self.known[event["event_id"]] = content["body"]
        replied = relation.get("m.in_reply_to", {}).get("event_id")
        if relation.get("rel_type") == "m.thread":
            where = f"[{shortly(self.known.get(relation['event_id'], ''))}]"
            replied = None if relation.get("is_falling_back") else replied
        to = f" (to {shortly(self.known.get(replied, ''))})" if replied else ""
        yield from paragraph(f"{where} {self._who(event)}:{to}", content["body"])

    def _changed(self, where: str, event: Json, original: str) -> Iterator[str]:
        self.known[original] = text = event["content"].get("m.new_content", {}).get("body", "")
        if event["sender"] != self.bot:
            yield f"{where} ({self._who(event)} changes it to: {shortly(text)})"

    def _took_back(self, where: str, event: Json) -> Iterator[str]:
        redacted = event.get("redacts") or event["content"].get("redacts", "")
        if (text := self.known.pop(redacted, None)) is not None:
            yield f"{where} (taken back: {shortly(text)})"

    def _reacted(self, where: str, event: Json) -> Iterator[str]:
        relation = event["content"].get("m.relates_to", {})
        if event["sender"] != self.bot and relation:
            text = shortly(self.known.get(relation["event_id"], ""))
            yield f"{where} ({self._who(event)} puts {relation['key']} on: {text})"

    def _headed(self, where: str, event: Json) -> Iterator[str]:
        if topic := event["content"].get("topic"):
            yield f"{where} (topic: {topic})"

    def _pinned(self, where: str, event: Json) -> Iterator[str]:
        pinned = [self.known[one] for one in event["content"].get("pinned", ()) if one in self.known]
        if pinned:
            yield f"{where} (pinned: {shortly(pinned[-1])})"

    def _who(self, event: Json) -> str:
        sender = str(event["sender"])
        return BOT if sender == self.bot else self.names.get(sender, sender)

    def _place(self, room: str) -> str:
        return f"#{self.rooms[room]}" if room in self.rooms else "(in private)"
