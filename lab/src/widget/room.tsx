/** What the widget loads when a conversation begins: the room, and the official SDK with it. */
import { createRef } from "react";
import { createRoot } from "react-dom/client";

import type { Conversation, Door } from "../conversation/conversation";
import { microphonePossible } from "../conversation/microphone";
import { Room } from "../room/room";
import roomCss from "../room/room.css?inline";
import baseCss from "../styles/base.css?inline";
import tokensCss from "../styles/tokens.css?inline";
import uiCss from "../ui/ui.css?inline";
import { guest } from "../strings/guest";
import type { OpenRoom, RoomOptions } from "./element";

/** The Lab's own styles; inside a shadow root its host stands for the page. */
function sheets(): CSSStyleSheet[] {
  return [tokensCss, baseCss, uiCss, roomCss].map((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css.replace(/:root/g, ":host"));
    return sheet;
  });
}

export function openRoom({ place, shadow, baseUrl, config, token, tell }: RoomOptions): OpenRoom {
  shadow.adoptedStyleSheets = [...sheets(), ...shadow.adoptedStyleSheets];
  const ref = createRef<Conversation>();
  const door: Door = { baseUrl, token, tell: ({ name, detail }) => tell(name, detail) };
  const root = createRoot(place);
  root.render(
    <Room
      door={door}
      host={{ name: config.agentName || guest.unnamed, imageUrl: config.avatarUrl, videoUrl: config.avatarVideoUrl }}
      look={{
        textInput: config.showTextInput,
        muteButton: config.showMuteButton,
        transcript: config.showTranscript,
        captions: config.showCaptions,
        watermark: !config.removeWatermark,
      }}
      startNow
      callToAction={config.callToAction}
      onTranscript={(open) => tell(open ? "transcript-opened" : "transcript-closed", {})}
      conversationRef={ref}
    />,
  );
  return {
    again: () => void ref.current?.start(microphonePossible()),
    end: () => ref.current?.stop(),
    mute: (muted) => ref.current?.mute(muted),
    interrupt: () => ref.current?.interrupt(),
    say: (text) => void ref.current?.say(text, false),
    send: (text) => ref.current?.send(text),
    close: () => root.unmount(),
  };
}
