"""A real Chromium on the other end of the line."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from tests.clients.browser import FLAGS, chromium
from visavis.core.clock import MonotonicClock
from visavis.core.events import Interrupt, PersonaSaid
from visavis.core.frames import VideoCodec
from visavis.transports.webrtc import Answer, WebRtcPeer, WebRtcPeers
from visavis.transports.wire import IceCandidate

from .conftest import HEIGHT_PX, PATIENCE_S, WIDTH_PX, TestLine

pytestmark = pytest.mark.browser

HIDDEN = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"]

# as the official client does it: video first, candidates trickled, microphone put in place later
PAGE = """
<video id=face autoplay playsinline></video>
<script>
const heard = [];
const pc = new RTCPeerConnection({iceServers: [], iceCandidatePoolSize: 2});
pc.onicecandidate = ({candidate}) => candidate && candidate.candidate && trickle(JSON.stringify(candidate));
pc.ontrack = ({track, streams}) => { if (track.kind === "video") face.srcObject = streams[0]; };
pc.addTransceiver("video", {direction: "recvonly"});
const microphone = pc.addTransceiver("audio", {direction: "sendrecv"});
const channel = pc.createDataChannel("session");
channel.onmessage = ({data}) => heard.push(data);
async function offer(options) {
    await pc.setLocalDescription(await pc.createOffer(options));
    return pc.localDescription.sdp;
}
const accept = (sdp) => pc.setRemoteDescription({type: "answer", sdp});
async function speak() {
    const stream = await navigator.mediaDevices.getUserMedia({audio: true});
    await microphone.sender.replaceTrack(stream.getAudioTracks()[0]);
}
async function stats(kind) {
    for (const report of (await pc.getStats()).values())
        if (report.type === "inbound-rtp" && report.kind === kind) return report;
}
async function path() {
    const reports = await pc.getStats();
    for (const report of reports.values())
        if (report.type === "transport") {
            const pair = reports.get(report.selectedCandidatePairId);
            return {...reports.get(pair.localCandidateId), remote: reports.get(pair.remoteCandidateId).address};
        }
}
</script>
"""


class Browser:
    """The page and our peer for it."""

    def __init__(self, page: Page, line: TestLine) -> None:
        self.page, self.line = page, line
        self.peer: WebRtcPeer | None = None
        self._early: list[IceCandidate] = []

    def trickle(self, text: str) -> None:
        fields = json.loads(text)
        candidate = IceCandidate(fields["candidate"], fields["sdpMid"])
        if self.peer is None:
            self._early.append(candidate)
        else:
            self.peer.add_candidate(candidate)

    async def negotiate(self, peers: WebRtcPeers, **options: object) -> Answer:
        offer = await self.page.evaluate("(options) => offer(options)", options)
        answer = await peers.answer(offer, self.line, self.peer, WIDTH_PX, HEIGHT_PX)
        self.peer = answer.peer
        await self.page.evaluate("(sdp) => accept(sdp)", answer.sdp)
        while self._early:
            answer.peer.add_candidate(self._early.pop(0))
        return answer

    async def wait_until(self, expression: str) -> Any:
        handle = await self.page.wait_for_function(expression, timeout=PATIENCE_S * 1000)
        return await handle.json_value()

    async def stats(self, kind: str) -> dict[str, Any]:
        return await self.page.evaluate("(kind) => stats(kind)", kind)


@pytest.fixture(params=[[]], ids=["addresses"])
async def browser(request: pytest.FixtureRequest, line: TestLine) -> AsyncIterator[Browser]:
    flags = [flag for flag in FLAGS if flag not in request.param]
    async with async_playwright() as playwright:
        process = await playwright.chromium.launch(executable_path=chromium(), args=flags)
        page = await process.new_page()
        browser = Browser(page, line)
        await page.expose_function("trickle", browser.trickle)
        await page.route("http://localhost/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        await page.goto("http://localhost/")
        yield browser
        await process.close()
    if browser.peer is not None:
        await browser.peer.close()


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_browser_sees_hears_and_is_heard(codec: VideoCodec, browser: Browser, line: TestLine) -> None:
    answer = await browser.negotiate(WebRtcPeers(codec, MonotonicClock()))
    await browser.wait_until("face.srcObject && face.srcObject.getTracks().length === 2")
    await browser.wait_until("face.videoWidth > 0 && face.currentTime > 0.2")
    await browser.wait_until("stats('audio').then((report) => report.totalAudioEnergy > 0)")
    answer.peer.deliver(PersonaSaid(1.0, "turn", "m", 0, "Hello", final=True))
    assert json.loads(await browser.wait_until("heard[0]"))["data"]["content"] == "Hello"
    await browser.page.evaluate("""channel.send('{"message_type":"interrupt"}')""")
    await line.wait_until(lambda: line.commands)
    assert line.commands == [Interrupt()]
    await browser.page.evaluate("speak()")
    await line.wait_until(lambda: len(line.heard) > 5)
    assert (await browser.stats("video"))["framesDecoded"] > 0
    await browser.page.evaluate("pc.close()")
    await line.wait_until(lambda: line.lost)


@pytest.mark.parametrize("browser", [HIDDEN], ids=["hidden-addresses"], indirect=True)
async def test_a_browser_that_hides_its_addresses_connects(
    browser: Browser, peers: WebRtcPeers, line: TestLine
) -> None:
    await browser.negotiate(peers)
    await line.wait_until(lambda: line.opened)
    await browser.wait_until("face.videoWidth > 0")


async def test_w9_a_browser_moves_to_another_path(browser: Browser, peers: WebRtcPeers, line: TestLine) -> None:
    before = await browser.negotiate(peers)
    await line.wait_until(lambda: line.opened)
    port = (await browser.page.evaluate("path()"))["port"]
    again = await browser.negotiate(peers, iceRestart=True)
    assert again.peer is before.peer
    await browser.wait_until(f"path().then((path) => path.port !== {port} && path.usernameFragment !== undefined)")
    decoded = (await browser.stats("video"))["framesDecoded"]
    await browser.wait_until(f"stats('video').then((report) => report.framesDecoded > {decoded} + 10)")
    await browser.page.evaluate("""channel.send('{"message_type":"interrupt"}')""")
    await line.wait_until(lambda: line.commands)
    assert (line.opened, line.lost) == ([before.peer], [])
