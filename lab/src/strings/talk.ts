/** The conversation. */

export const talk = {
  edit: "Edit",
  details: "About this conversation",
  start: "Start conversation",
  restart: "Start again",
  starting: "Starting…",
  stop: "End",
  notFoundTitle: "This persona does not exist",
  notFoundText: "It may have been deleted. Pick another one.",
  loadFailed: "The persona could not be loaded.",
  video: (name: string) => `Video of ${name}`,
  preview: (name: string) => `Preview of ${name}`,
  unblockSound: "Play with sound",
  stalled: "No picture is arriving. Waiting for the network…",
  phase: {
    idle: "Ready",
    starting: "Starting",
    connecting: "Connecting",
    live: "Live",
    ended: "Ended",
  },
  step: {
    starting: "Asking the server for a session…",
    connecting: "Connecting picture and sound…",
  },
  hint: {
    speaking: "Speaking",
    hearing: "Hearing you",
  },
} as const;

export const mic = {
  use: "Use my microphone",
  useHint: "You can type instead. The browser asks for permission when the conversation starts.",
  insecure: "Browsers give the microphone only to secure pages. Open the Lab over HTTPS or on localhost; typing works here.",
  mute: "Mute microphone",
  unmute: "Unmute microphone",
  state: {
    off: "Microphone not used",
    asking: "Waiting for permission",
    on: "Microphone on",
    muted: "Microphone muted",
    blocked: "Microphone unavailable",
  },
  denied: "The browser did not allow the microphone. Allow it in the address bar and start again, or type.",
  missing: "No microphone was found. You can type instead.",
  busy: "The microphone is used by another program. You can type instead.",
  failed: "The microphone could not be opened. You can type instead.",
} as const;

export const composer = {
  mode: "What to do with the text",
  ask: "Message",
  say: "Say this",
  askPlaceholder: (name: string) => `Message ${name}`,
  sayPlaceholder: (name: string) => `Words for ${name} to speak`,
  askLabel: "Message to the persona",
  sayLabel: "Words to speak",
  askHint: "Sent as if you had spoken it; the mind answers.",
  sayHint: "Spoken exactly as written; the mind is not asked.",
  send: "Send",
  speak: "Speak",
  stream: "Word by word",
  streamHint: "Sends the words one at a time through a talk stream, as a language model would.",
  interrupt: "Interrupt",
  captions: "Captions",
  notSent: "That could not be sent.",
  notSpoken: "That could not be spoken.",
} as const;

export const transcript = {
  tab: "Transcript",
  you: "You",
  typed: "typed",
  interrupted: "interrupted",
  emptyTitle: "Nothing said yet",
  emptyText: "What you and the persona say appears here as it is spoken.",
  readyText: "Speak, or type a message below the picture.",
  after: (time: string) => `first word after ${time}`,
  copy: "Copy transcript",
} as const;

export const figures = {
  tab: "Figures",
  firstFrame: "First picture",
  firstFrameHint: "From pressing Start to the first frame on this screen.",
  connected: "Connected",
  connectedHint: "From pressing Start to a network path between browser and server.",
  reply: "Reply",
  replyHint: "From your message, the end of your speech or your “Say this” to the first word spoken. The latest one, and the middle one of all.",
  fps: "Frame rate",
  fpsHint: "Frames shown per second, over the last two seconds.",
  gap: "Longest gap",
  gapHint: "The longest wait between two frames in the last ten seconds. An even 25 fps has gaps of 40 ms.",
  size: "Picture",
  sizeHint: "Width and height of the frames as they arrive.",
  dropped: "Dropped",
  droppedHint: "Frames that arrived but that this browser did not have time to show.",
  buffered: "Buffered",
  bufferedHint: "How long a frame waits in the browser between its arrival and the screen.",
  session: "Session id",
  sessionHint: "Quote it when you look into the server's log or GET /v1/sessions.",
  none: "—",
  median: (time: string) => `median ${time}`,
  meanings: "How this is measured",
} as const;

export const code = {
  tab: "Code",
  lead: "The same conversation from your own page. Ask for the token on your server, never in the browser: it needs the API key.",
  server: "On your server",
  page: "In your page",
} as const;

/** Why a conversation ended or did not begin. */
export const ending = {
  server: "The server ended the conversation.",
  serverBecause: (reason: string) => `The server ended the conversation: ${reason}`,
  signalling: "The connection to the server was lost and could not be regained.",
  network: "No direct path for picture and sound could be found. A firewall may block UDP; the server may need a TURN relay.",
  full: "All places on this server are taken. End another conversation or raise the limit.",
  limit: "The server refused: a usage limit is reached.",
  busy: "The server has no free worker right now. Try again in a moment.",
  refused: "The server did not accept the session token.",
  invalid: "The server did not accept the persona's settings.",
  unreachable: "The server did not answer.",
  unknown: "The conversation could not be started.",
  lasted: (time: string) => `Lasted ${time}`,
} as const;

/** What the page says while a conversation goes on. */
export const told = {
  talkStreamCut: "The talk stream was interrupted; the rest of its words was dropped.",
  serverWarning: (text: string) => `The server warns: ${text}`,
} as const;
