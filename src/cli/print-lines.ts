/** A line for people. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A line for programs: what happened, and what belongs to it. */
export function printEvent(type: string, value: object): void {
  process.stdout.write(`${JSON.stringify({ type, ...value })}\n`);
}
