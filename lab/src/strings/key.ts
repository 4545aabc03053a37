/** The door. */

export const key = {
  title: "Open the Lab",
  lead: "Create a persona, talk with it, and see how it behaves. Everything here uses the same public API and SDK that your own application will use.",
  label: "API key",
  placeholder: "Paste your key",
  remember: "Remember on this device",
  rememberHint: "Otherwise the key is forgotten when this tab closes.",
  submit: "Continue",
  checking: "Checking…",
  whereTitle: "Where is my key?",
  whereStart: "The server prints a link that signs you in at every start with make run, and a key at the first.",
  whereMake: "Make another one at any time on the server:",
  command: 'visavis keys create --organization "My team" --label lab',
  refused: "The server does not know this key. Check that it was copied whole, or make a new one.",
  expired: "The server no longer accepts the key you used. Enter another one.",
  forbidden: "This key may not read personas. Use one with more permissions.",
  unreachable: "The server did not answer. Check that it is running, then try again.",
  signOut: "Sign out",
  inUse: "Signed in with key",
} as const;
