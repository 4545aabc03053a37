/** What the embedded widget says before a conversation begins. Small: it is in the script that every page loads. */
export const widget = {
  callToAction: "Talk to our assistant",
  talkTo: (name: string) => `Talk to ${name}`,
  minimise: "Minimise",
  poweredBy: "Powered by Visavis",
  aiPersona: "AI persona",
  missing: "The widget needs the attribute persona-id (or agent-id), or session-token.",
  noServer: "The widget does not know its server. Load widget.js from it, or set api-base-url.",
  refused: "This page may not show this assistant.",
  notFound: "This assistant does not exist any more.",
  tooMany: "Too many requests. Please try again in a moment.",
  broken: "The assistant is not available right now. Please try again later.",
  unreachable: "The assistant could not be reached. Please check your connection.",
} as const;
