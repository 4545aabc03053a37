import { useRef, useState, useSyncExternalStore } from "react";

import type { Api, Avatar } from "../../api";
import type { Conversation, Door } from "../../conversation/conversation";
import { ownName } from "../../format";
import { Room } from "../../room/room";
import { strings } from "../../strings";
import { editing as words } from "../../strings/editing";
import { Button } from "../../ui/button";
import { Transcript } from "../talk/transcript";
import { wholeOf, type Draft } from "./draft";

interface PreviewProps {
  api: Api;
  draft: Draft;
  avatar: Avatar | undefined;
  /** Told what the server says of a draft that it does not take. */
  onProblem: (error: unknown) => void;
}

const LOOK = { textInput: true, muteButton: true, transcript: false, captions: true, watermark: false };

/** A conversation with the draft as it is, which lives for that conversation only. */
export function Preview({ api, draft, avatar, onProblem }: PreviewProps) {
  const newest = useRef(draft);
  newest.current = draft;
  const problem = useRef(onProblem);
  problem.current = onProblem;
  const [conversation, setConversation] = useState<Conversation | null>(null);
  // What the running conversation was begun with.
  const [begun, setBegun] = useState<string | null>(null);
  const [door] = useState((): Door => ({
    baseUrl: location.origin,
    token: async () => {
      const config = wholeOf(newest.current);
      setBegun(JSON.stringify(config));
      try {
        return await api.sessions.token({ ...config, name: newest.current.name.trim() || strings.unnamed });
      } catch (error) {
        problem.current(error);
        throw error;
      }
    },
  }));
  const stale = begun !== null && begun !== JSON.stringify(wholeOf(draft));
  const name = ownName(draft.name.trim() || strings.unnamed);
  function restart() {
    const { mic } = conversation?.read() ?? {};
    conversation?.stop();
    void conversation?.start(mic === "on" || mic === "muted");
  }
  return (
    <aside className="preview" aria-label={words.preview} data-testid="preview">
      <div className="preview-room">
        <Room
          door={door}
          host={{
            name,
            imageUrl: avatar?.imageUrl ?? null,
            videoUrl: avatar?.idleVideoUrl ?? null,
          }}
          look={LOOK}
          callToAction={words.previewStart}
          conversationRef={setConversation}
          onEnd={() => setBegun(null)}
        />
      </div>
      {stale ? (
        <div className="preview-stale" role="status">
          <p>{words.previewStale}</p>
          <Button icon="play" onClick={restart} data-testid="preview-restart">
            {words.previewRestart}
          </Button>
        </div>
      ) : (
        <p className="preview-lead">{words.previewLead}</p>
      )}
      {conversation && <Said conversation={conversation} name={name} />}
    </aside>
  );
}

/** Below the picture, with how fast each answer came and what was called for it. */
function Said({ conversation, name }: { conversation: Conversation; name: string }) {
  const talk = useSyncExternalStore(conversation.subscribe, conversation.read);
  if (talk.entries.length === 0) return null;
  return (
    <div className="preview-said">
      <Transcript entries={talk.entries} name={name} live={talk.phase === "live"} />
    </div>
  );
}
