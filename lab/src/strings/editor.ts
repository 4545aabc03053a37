/** Names of a persona's parts, in the editor and wherever they are chosen. */

export const editor = {
  name: "Name",
  namePlaceholder: "Cara",
  nameMissing: "Give the persona a name.",
  description: "Note to yourself",
  descriptionHint: "Not used in the conversation.",
  avatar: "Face",
  voice: "Voice",
  voiceSearch: "Search voices",
  mind: "Mind",
  noMind: "No mind",
  prompt: "System prompt",
  promptPlaceholder: "You are Cara, a friendly guide at a science museum. Answer in one or two short sentences.",
  play: (name: string) => `Play a sample of ${name}`,
  stop: (name: string) => `Stop the sample of ${name}`,
  sampleFailed: "This sample could not be played.",
} as const;
