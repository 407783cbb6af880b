const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds since 1970 as in a web server's log: `12/Mar/2020:19:03:58 +0000`. */
export function clockTime(time: number): string {
  const date = new Date(time);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}

/** The first label of a host name without its port; an address stays whole. */
export function hostLabel(host: string): string {
  const name = host.replace(/:\d{1,5}$/, '');
  return /^[\d.]+$|^\[/.test(name) ? name : name.split('.', 1)[0]!;
}
