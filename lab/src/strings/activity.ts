/** What happens in a conversation besides speech: tools, thoughts, devices. */
export const activity = {
  thought: "Thought",
  thinking: "Thinking…",
  tool: {
    running: (name: string) => `Calling ${name}…`,
    done: (name: string) => `Called ${name}`,
    failed: (name: string) => `${name} failed`,
    given: "Sent",
    answer: "Answer",
    documents: "Documents",
    took: (time: string) => `took ${time}`,
    nothing: "No arguments",
    kinds: {
      client: "in the page",
      server: "on the server",
      webhook: "webhook",
      knowledge: "knowledge",
      mcp: "MCP",
      system: "built in",
    } as Readonly<Record<string, string>>,
  },
  devices: {
    title: "Devices",
    microphone: "Microphone",
    speaker: "Speaker",
    automatic: "Browser’s choice",
    hint: "Names appear once the microphone was allowed.",
  },
} as const;
