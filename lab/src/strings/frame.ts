/** Around every page. */

export const frame = {
  navigation: "Main",
  skip: "Skip to content",
  more: "More",
  menu: "All pages",
  api: "API reference",
  sections: {
    personas: "Personas",
    avatars: "Avatars",
    voices: "Voices",
    minds: "Minds",
    tools: "Tools",
    knowledge: "Knowledge",
    sessions: "Sessions",
    settings: "Settings",
  },
  failed: "This page could not be loaded.",
  failedHint: "The server may have been updated. Load the page anew.",
  reload: "Load anew",
} as const;
