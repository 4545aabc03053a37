/**
 * A browser opens six lines to one server. A picture that the server still has to draw holds its line for seconds, so
 * pictures take three of them at most, and what people do finds one free.
 */
const AT_ONCE = 3;

const waiting: (() => void)[] = [];
let loading = 0;

/** Calls `begin` when a line is free; the answer gives the line, or the place in the queue, back. */
export function takeTurn(begin: () => void): () => void {
  let state: "waits" | "loads" | "over" = "waits";
  const start = () => {
    state = "loads";
    begin();
  };
  if (loading < AT_ONCE) {
    loading += 1;
    start();
  } else waiting.push(start);
  return () => {
    const was = state;
    state = "over";
    if (was === "waits") waiting.splice(waiting.indexOf(start), 1);
    if (was !== "loads") return;
    const next = waiting.shift();
    if (next) next();
    else loading -= 1;
  };
}
