/** Names of what identifies an account without opening it; people need to see it in names of buckets and functions. */
const PUBLIC = new Set(['appid', 'owneruin', 'uin', 'region', 'timestamp', 'expired']);

/** Shorter than this, hiding a value would hide ordinary words with it. */
const SHORTEST = 4;

export interface Mask {
  (text: string): string;
  /** Length of the longest text that is hidden. */
  longest: number;
}

/** Replaces with `***` whatever of the credentials is secret, also as it looks in a URL, in JSON and in base64. */
export function createMask(credentials: Record<string, Record<string, string>>): Mask {
  const hidden = [...new Set(secretsOf(credentials).flatMap(spellings))].toSorted(
    (a, b) => b.length - a.length,
  );
  const pattern =
    hidden.length === 0 ? undefined : new RegExp(hidden.map((text) => escapeForPattern(text)).join('|'), 'g');
  return Object.assign((text: string) => (pattern === undefined ? text : text.replace(pattern, '***')), {
    longest: hidden[0]?.length ?? 0,
  });
}

function secretsOf(credentials: Record<string, Record<string, string>>): string[] {
  return Object.values(credentials)
    .flatMap((cloud) => Object.entries(cloud))
    .filter(([name, value]) => !PUBLIC.has(name.toLowerCase()) && typeof value === 'string')
    .map(([, value]) => value);
}

/** A secret of several lines (a private key) is printed line by line. */
function spellings(secret: string): string[] {
  return [secret, ...secret.split(/\r?\n/)].flatMap((text) => {
    if (text.length < SHORTEST) return [];
    const bytes = Buffer.from(text, 'utf8');
    const base64 = bytes.toString('base64');
    return [
      text,
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
      base64,
      bytes.toString('base64url'),
    ];
  });
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
