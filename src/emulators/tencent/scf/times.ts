/** The cloud's API writes times of Beijing, which has no summer time: eight hours before UTC. */
const BEIJING_MS = 8 * 3600_000;

/** `2024-12-17 17:52:48`; with milliseconds `2020-12-01 08:35:00.000`. */
export function beijingTime(milliseconds: number, withMilliseconds = false): string {
  const text = new Date(milliseconds + BEIJING_MS).toISOString().replace('T', ' ');
  return text.slice(0, withMilliseconds ? 23 : 19);
}

/** Milliseconds since 1970; undefined when it is no such time. */
export function parseBeijing(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$/.test(text)) return undefined;
  const time = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(time) ? undefined : time;
}
