"""The people of a capacity measurement, in a process of their own: `python -m bench.receiver URL KEY SESSIONS SECONDS`.

They keep every persona talking and note when each picture arrives. Nothing is decoded: a packet of silence is known by
its size. Prints one JSON object for each session, after a line "talking" when all of them are.
"""

import asyncio
import json
import sys
import time
from typing import Any

from bench.person import Person
from visavis.transports.tracks import VIDEO_RATE_HZ

SILENCE_BYTES_MAX = 16
SETTLE_S = 3.0
TEXT = "This persona talks for as long as somebody measures it, and does so in sentences of a usual length. " * 4
PERSONA = {
    "name": "Bench",
    "avatarId": "071b0286-4cce-4808-bee2-e642f1062de3",
    "voiceId": "de23e340-1416-4dd8-977d-065a7ca11697",
    "llmId": "CUSTOMER_CLIENT_V1",
    "skipGreeting": True,
}


class Viewer(Person):
    """Notes when pictures came, and their times on the media clock."""

    def __init__(self, url: str, key: str, persona: dict[str, Any]) -> None:
        super().__init__(url, key, persona)
        self.media_times_s: list[float] = []
        self.spoken_packets = 0

    def _picture_packet(self, packet: Any) -> None:
        before = len(self.picture_times_s)
        super()._picture_packet(packet)
        if len(self.picture_times_s) > before:
            self.media_times_s.append(packet.timestamp / VIDEO_RATE_HZ)

    def _sound_packet(self, packet: Any) -> None:
        if len(packet.payload) > SILENCE_BYTES_MAX:
            self.spoken_packets += 1
            self.loud_times_s = [time.monotonic()]


async def keep_talking(viewer: Viewer, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await viewer.talk(TEXT)
        await viewer.quiet_for(0.2)


async def watch(url: str, key: str, sessions: int, seconds: float) -> list[dict[str, Any]]:
    viewers = [Viewer(url, key, PERSONA) for _ in range(sessions)]
    stop = asyncio.Event()
    try:
        for viewer in viewers:
            await viewer.connect()
        talking = [asyncio.create_task(keep_talking(viewer, stop)) for viewer in viewers]
        await asyncio.sleep(SETTLE_S)
        print("talking", flush=True)
        from_s, spoken = time.monotonic(), [viewer.spoken_packets for viewer in viewers]
        await asyncio.sleep(seconds)
        until_s, spoken_until = time.monotonic(), [viewer.spoken_packets for viewer in viewers]
        print("measured", flush=True)
        stop.set()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
    finally:
        await asyncio.gather(*(viewer.close() for viewer in viewers))
    found = []
    for viewer, before, after in zip(viewers, spoken, spoken_until, strict=True):
        seen = zip(viewer.picture_times_s, viewer.media_times_s, strict=True)
        pictures = [(came_s, media_s) for came_s, media_s in seen if from_s <= came_s <= until_s]
        found.append({"spoke_s": (after - before) * 0.02, "lasted_s": until_s - from_s, "pictures": pictures})
    return found


if __name__ == "__main__":
    for session in asyncio.run(watch(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))):
        print(json.dumps(session), flush=True)
