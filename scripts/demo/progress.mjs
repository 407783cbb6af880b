// What the demo prints while it works.
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Announces something that takes a while. */
export function step(text) {
  say(`… ${text}`);
}
