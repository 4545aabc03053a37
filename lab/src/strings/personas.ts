/** The list of personas, and what an empty page teaches. */

export const personas = {
  title: "Personas",
  lead: "A face, a voice and a mind with instructions. Open one to talk with it.",
  look: "Look into",
  duplicate: "Duplicate",
  duplicated: (name: string) => `${name} is your copy now.`,
  copyName: (name: string) => `${name.replace(/ \(built-in\)$/, "")} (copy)`,
  copyCurl: "Copy as curl",
  curlCopied: "The request that makes this persona was copied.",
  copyCode: "Copy SDK code",
  codeCopied: "Code for your server and your page was copied.",
  search: "Search personas",
  create: "New persona",
  more: "Show more",
  nothingFound: (words: string) => `No persona is called “${words}”.`,
  emptyTitle: "No personas yet",
  emptyText: "A persona is a face, a voice and a mind with instructions. Make one and talk with it a minute later.",
  failed: "The personas could not be loaded.",
  back: "All personas",
} as const;

export const welcome = {
  steps: [
    ["Choose face and voice", "Each has a preview; built-in ones need no account anywhere."],
    ["Write the instructions", "The system prompt says who the persona is and how it answers."],
    ["Talk", "Speak, type, interrupt. The figures show how fast it answers."],
  ] as const,
} as const;
