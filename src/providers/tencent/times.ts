/** SCF writes times of Beijing, which has no summer time: eight hours before UTC. */
const BEIJING_MS = 8 * 3600_000;

/** `2024-12-17 17:52:48` */
export function beijingTime(milliseconds: number): string {
  return new Date(milliseconds + BEIJING_MS).toISOString().replace('T', ' ').slice(0, 19);
}

/** Milliseconds since 1970; 0 for what is no such time. */
export function parseBeijing(text: string | null | undefined): number {
  const time = Date.parse(`${(text ?? '').trim().replace(' ', 'T')}+08:00`);
  return Number.isNaN(time) ? 0 : time;
}
