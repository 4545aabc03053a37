/** Line icons on a 20-unit grid, drawn for this page. */

const PATHS = {
  arrowLeft: "M12 4.500 6.500 10l5.500 5.500",
  arrowUp: "M10 15.500v-11M5.500 9 10 4.500 14.500 9",
  captions: "M3 6.500A1.500 1.500 0 0 1 4.500 5h11A1.500 1.500 0 0 1 17 6.500v7a1.500 1.500 0 0 1-1.500 1.500h-11A1.500 1.500 0 0 1 3 13.500ZM6 11.800h4M12.500 11.800H14M6 8.600h1.500M10 8.600h4",
  check: "m4.500 10.500 3.500 3.500 7.500-8",
  chevron: "m5.500 8 4.500 4.500L14.500 8",
  close: "m5.500 5.500 9 9m0-9-9 9",
  copy: "M7.500 7.500v-3h8v8h-3m-8-5h8v8h-8Z",
  face: "M10 3.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13ZM7.700 8.300v.6m4.600-.6v.6M7.300 12c1.500 1.600 3.900 1.600 5.400 0",
  hand: "M6.700 3.500h6.600l3.200 3.200v6.600l-3.200 3.200H6.700l-3.200-3.200V6.700ZM7.500 10h5",
  info: "M10 3.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13ZM10 9.400v4M10 6.600v.2",
  key: "M12.700 3.500a3.800 3.800 0 1 1-3.500 5.300L3.500 14.500v2H6v-1.800h1.800v-1.800h1.500l1.300-1.400M13.300 6.700h.1",
  mic: "M10 3a2.300 2.300 0 0 1 2.300 2.300v4a2.300 2.300 0 0 1-4.600 0v-4A2.300 2.300 0 0 1 10 3ZM5 9.300a5 5 0 0 0 10 0M10 14.300V17",
  micOff: "M12.300 8V5.300A2.300 2.300 0 0 0 7.900 4.400M7.700 8.500v.8a2.300 2.300 0 0 0 3.500 2M5 9.300a5 5 0 0 0 7.700 4.200m1.700-1.800a5 5 0 0 0 .6-2.400M10 14.300V17M3.500 3.500l13 13",
  mind: "M10 4.800a2.700 2.700 0 0 0-5 1.200 2.600 2.600 0 0 0-1 4.300A2.700 2.700 0 0 0 6 14.800a2.300 2.300 0 0 0 4 0m0-10v10m0-10a2.700 2.700 0 0 1 5 1.200 2.600 2.600 0 0 1 1 4.300 2.700 2.700 0 0 1-2 4.500 2.300 2.300 0 0 1-4 0",
  pencil: "m4 16 .8-3.300 8.300-8.300a1.400 1.400 0 0 1 2 0l.5.5a1.400 1.400 0 0 1 0 2l-8.300 8.300ZM11.600 5.900l2.500 2.500",
  phone: "M3.700 12.200c-1-1-.7-2.500.5-3.200a11.600 11.600 0 0 1 11.600 0c1.200.7 1.500 2.200.5 3.200l-.7.7-2.800-1.200v-2a9 9 0 0 0-5.600 0v2l-2.800 1.200Z",
  play: "M7 5.200v9.600l7.500-4.800Z",
  plus: "M10 4.500v11M4.500 10h11",
  search: "M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4Zm3.700 8.700L16 16",
  signOut: "M8 4H4.500v12H8m4-9 3 3-3 3m3-3H8",
  stop: "M6.500 6.500h7v7h-7Z",
  trash: "M4.500 6h11M8 6V4h4v2M6 6l.6 10h6.800L14 6M8.500 9v4m3-4v4",
  voice: "M3.500 8.500v3m3.200-6v9M10 3.500v13m3.300-10v7m3.200-5v3",
  warn: "M10 4 2.800 16h14.400ZM10 8.700v3.300M10 13.900v.1",
} as const;

export type IconName = keyof typeof PATHS;

/** Icons with mass rather than outline. */
const SOLID: ReadonlySet<IconName> = new Set(["play", "stop", "phone"]);

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  const solid = SOLID.has(name);
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill={solid ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two half-discs, face to face. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path d="M6.500 16a7 7 0 0 1 7-7v14a7 7 0 0 1-7-7Z" fill="var(--on-accent)" />
      <path d="M25.500 16a7 7 0 0 0-7-7v14a7 7 0 0 0 7-7Z" fill="var(--on-accent)" fillOpacity=".6" />
    </svg>
  );
}
