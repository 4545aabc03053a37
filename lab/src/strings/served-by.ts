/** Who really thinks and speaks. */

export const servedBy = {
  label: "Who answers and who speaks",
  builtInMind: "Built-in responder",
  builtInVoice: "Built-in voice",
  noMind: "No mind",
  mindHint: (provider: string, model: string) => `Answers come from ${provider} (${model}).`,
  voiceHint: (provider: string, model: string) => `Speech comes from ${provider} (${model}).`,
  builtInMindHint: "A small offline program answers from the system prompt; connect a language model for real conversations.",
  builtInVoiceHint: "Speech is made on this server, without any account.",
  noMindHint: "The persona says only what it is told to say.",
} as const;
