import { useCallback, useEffect, useState } from "react";

import type { Door } from "../conversation/conversation";
import { Room, type RoomLook } from "../room/room";
import { guest as words } from "../strings/guest";
import { Button, Spinner } from "../ui/button";
import { Icon, Mark } from "../ui/icon";
import { useLoad } from "../ui/use-load";
import { comeIn, lookAt, Shut, type Closed, type Invitation, type Orientation } from "./invitation";

/** The page of a share link: the persona, or a friendly reason why not. */
export function GuestPage({ token, framed }: { token: string; framed: boolean }) {
  const [loaded, reload] = useLoad(useCallback(() => lookAt(token), [token]));
  const [shut, setShut] = useState<Closed | null>(null);
  const [talked, setTalked] = useState(false);
  const invitation = loaded.state === "done" ? loaded.value : null;
  const name = invitation?.persona.name || words.unnamed;
  useEffect(() => {
    if (invitation) document.title = name;
  }, [invitation, name]);

  const retry = () => {
    setShut(null);
    reload();
  };
  let why: Closed | null = shut ?? invitation?.reason ?? null;
  // Who has just talked is not told off.
  if (why === "used_up" && talked) why = "last";
  if (loaded.state === "failed") why = loaded.error instanceof Shut ? loaded.error.why : "unreachable";
  return (
    <div className={framed ? "guest guest-framed" : "guest"}>
      {!framed && <Brand hidden={invitation?.removeWatermark ?? false} />}
      <main className={invitation?.type === "ORB_EMBED" && framed ? "guest-main guest-orb" : "guest-main"}>
        {why !== null && <Sorry why={why} onRetry={retry} />}
        {why === null && loaded.state === "loading" && <Wait />}
        {why === null && invitation && (
          <Welcome token={token} invitation={invitation} name={name} framed={framed} onShut={setShut} onTalked={() => setTalked(true)} onEnd={reload} />
        )}
      </main>
    </div>
  );
}

function Brand({ hidden }: { hidden: boolean }) {
  if (hidden) return <header className="guest-head" />;
  return (
    <header className="guest-head">
      <p className="brand">
        <Mark size={24} />
        <span>{words.product}</span>
      </p>
    </header>
  );
}

function Wait() {
  return (
    <p className="guest-wait" role="status">
      <Spinner />
      {words.loading}
    </p>
  );
}

function Sorry({ why, onRetry }: { why: Closed; onRetry: () => void }) {
  const [title, text] = words.closed[why];
  const passing = why === "busy" || why === "unreachable";
  return (
    <div className="guest-sorry" role="alert" data-testid="guest-closed" data-reason={why}>
      <span className="guest-sorry-icon">
        <Icon name={passing ? "warn" : "key"} size={26} />
      </span>
      <h1>{title}</h1>
      <p>{text}</p>
      {passing && (
        <Button look="primary" onClick={onRetry}>
          {words.retry}
        </Button>
      )}
    </div>
  );
}

interface WelcomeProps {
  token: string;
  invitation: Invitation;
  name: string;
  framed: boolean;
  onShut: (why: Closed) => void;
  onTalked: () => void;
  onEnd: () => void;
}

/** Somebody who holds a phone upright gets an upright picture, where the persona has one. */
function orientationNow(): Orientation {
  return innerHeight > innerWidth ? "portrait" : "landscape";
}

function Welcome({ token, invitation, name, framed, onShut, onTalked, onEnd }: WelcomeProps) {
  const [door] = useState((): Door => ({
    baseUrl: location.origin,
    token: async () => {
      try {
        return await comeIn(token, orientationNow());
      } catch (error) {
        if (error instanceof Shut) onShut(error.why);
        throw error;
      }
    },
    tell: (news) => {
      if (news.name === "session-started") onTalked();
      if (framed && parent !== window) parent.postMessage({ source: "visavis", ...news }, "*");
    },
  }));
  const { persona, widgetConfig: config } = invitation;
  const look: RoomLook = {
    textInput: config.showTextInput ?? true,
    muteButton: config.showMuteButton ?? true,
    transcript: config.showTranscript ?? true,
    // On by default where nobody chose: one hears badly in a tram.
    captions: config.showCaptions ?? true,
    watermark: framed && !invitation.removeWatermark,
    orb: framed && invitation.type === "ORB_EMBED",
  };
  return (
    <Room
      door={door}
      host={{ name, imageUrl: persona.avatarImageUrl, videoUrl: persona.avatarVideoUrl }}
      look={look}
      callToAction={config.callToAction ?? words.talkTo(name)}
      note={framed ? undefined : noteOf(invitation)}
      onEnd={onEnd}
    />
  );
}

const SOON_MS = 7 * 24 * 3600 * 1000;
/** From here on the number of uses left is worth a word. */
const FEW_USES = 3;

function noteOf({ usesLeft, expiresAt }: Invitation): string | undefined {
  if (usesLeft !== null && usesLeft > 0 && usesLeft <= FEW_USES) return words.usesLeft(usesLeft);
  if (expiresAt === null || Date.parse(expiresAt) - Date.now() > SOON_MS) return undefined;
  const day = new Date(expiresAt).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return words.until(day);
}
