"""Two real peer connections in one process: ours, and one that does what the official SDKs do."""

import asyncio

from visavis.transports.webrtc import Answer

from .conftest import HEIGHT_PX, WIDTH_PX, Client, TestLine


async def test_w3_w6_pictures_and_sound_decode(connected: Answer, client: Client) -> None:
    async with asyncio.timeout(10):
        picture = await client.tracks["video"].recv()
        sound = await client.tracks["audio"].recv()
    assert (picture.width, picture.height) == (WIDTH_PX, HEIGHT_PX)
    assert (sound.sample_rate, sound.samples, sound.layout.name) == (48_000, 960, "stereo")
