/** The page at /demo: a made-up website with the widget and the frames on it. */
export const demo = {
  lead: "This is what a visitor of your website sees. The shop is made up; the persona is yours.",
  toLab: "Lab",
  pick: "Persona",
  none: "There is no persona of your own yet. Make one in the Lab, then come back.",
  noKey: "Open the Lab first, or name a persona in the address: /demo?persona=…",
  refused: "This persona may not be shown on this page yet.",
  allow: "Allow this server’s own pages",
  show: "Show",
  kinds: { floating: "In the corner", inline: "In the text", player: "Player frame", orb: "Orb frame" },
  code: "The code for it",
  shop: {
    name: "Fern & Fig",
    motto: "House plants, and somebody to ask about them.",
    links: ["Plants", "Pots", "Care", "About"],
    title: "Not sure what grows in your hallway?",
    text: "Tell us how much light there is and how often you forget to water. We will find something that forgives you.",
    goods: [
      ["Fern", "Likes shade and company"],
      ["Fig", "Stands where you put it"],
      ["Pothos", "Survives holidays"],
    ],
  },
} as const;
