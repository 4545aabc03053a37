"""A network that becomes too narrow makes the picture smaller, in a real browser, and a wide one brings it back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

from tests.clients.browser import FLAGS, chromium
from tests.media.fake_faces import moving_picture
from tests.transports.narrow import NarrowLink, through_narrow_link, without_candidates
from tests.transports.test_browser import PAGE
from visavis.core.clock import MonotonicClock
from visavis.core.frames import FRAME_MS, EncodedVideo, VideoCodec
from visavis.media.quality import Quality, QualityLadder
from visavis.media.video_encoder import VideoEncoder
from visavis.transports.webrtc import WebRtcPeers

from .conftest import TestLine

pytestmark = pytest.mark.browser

WIDTH_PX, HEIGHT_PX = 360, 240
NARROW_BPS, WIDE_BPS = 90_000, 5_000_000  # sound takes about sixty thousand of it
WITHIN_MS = 90_000


class EncodingLine(TestLine):
    """Drifting waves, encoded as a render worker does it."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.qualities: list[Quality] = []
        self._encoder: VideoEncoder | None = None
        self._pictures = [moving_picture(WIDTH_PX, HEIGHT_PX, at * 60.0) for at in range(40)]
        self._shown = 0
        self._wants_keyframe = False

    async def next_video(self) -> EncodedVideo:
        if self._encoder is None:
            video = self.expected[-1].video
            self._encoder, self._ladder = VideoEncoder(video), QualityLadder(video)
            self._zero_ms = self._clock.now_ms()
        quality = self._ladder.at(self._clock.now_ms())
        if not self.qualities or self.qualities[-1] != quality:
            self._note(self.qualities, quality)
        self._shown += quality.every
        await self._clock.sleep_until(self._zero_ms + self._shown * FRAME_MS)
        self._encoder.set_quality(quality)
        wants, self._wants_keyframe = self._wants_keyframe, False
        return self._encoder.encode(self._pictures[self._shown % 40], self._shown * FRAME_MS, wants)

    def want_keyframe(self) -> None:
        self._wants_keyframe = True

    def set_bitrate(self, bitrate_bps: int) -> None:
        super().set_bitrate(bitrate_bps)
        self._ladder.allow(bitrate_bps)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        process = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await process.new_page()
        await page.expose_function("trickle", lambda candidate: None)
        await page.route("http://localhost/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        await page.goto("http://localhost/")
        yield page
        await process.close()


@asynccontextmanager
async def connected(page: Page, line: TestLine, codec: VideoCodec) -> AsyncIterator[NarrowLink]:
    offer = without_candidates(await page.evaluate("offer()"))
    answer = await WebRtcPeers(codec, MonotonicClock()).answer(offer, line, None, WIDTH_PX, HEIGHT_PX)
    link, sdp = await through_narrow_link(answer.sdp)
    try:
        await page.evaluate("(sdp) => accept(sdp)", sdp)
        await line.wait_until(lambda: line.opened)
        await page.wait_for_function("face.videoWidth > 0", timeout=WITHIN_MS)
        yield link
    finally:
        await answer.peer.close()
        link.close()


async def becomes_smaller(page: Page, link: NarrowLink) -> None:
    link.bits_per_s = NARROW_BPS
    await page.wait_for_function(f"face.videoWidth < {WIDTH_PX}", timeout=WITHIN_MS)
    shown = (await page.evaluate("stats('video')"))["framesDecoded"]
    await page.wait_for_function(
        f"stats('video').then((report) => report.framesDecoded > {shown} + 10)", timeout=WITHIN_MS
    )


async def test_a_narrow_network_makes_the_picture_smaller(page: Page) -> None:
    line = EncodingLine()
    async with connected(page, line, "h264") as link:
        await becomes_smaller(page, link)
    assert line.qualities[-1].width_px < WIDTH_PX
    assert line.qualities[-1].bitrate_bps < NARROW_BPS


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_network_that_is_wide_again_brings_it_back(page: Page, codec: VideoCodec) -> None:
    line = EncodingLine()
    async with connected(page, line, codec) as link:
        await becomes_smaller(page, link)
        link.bits_per_s = WIDE_BPS
        await page.wait_for_function(f"face.videoWidth === {WIDTH_PX}", timeout=WITHIN_MS)
    assert line.qualities[-1].width_px == WIDTH_PX
