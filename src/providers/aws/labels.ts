import { RopewayError } from '../../lib/errors.ts';
import type { Labels } from '../types.ts';

/** Before the names of tags that are ours. */
const PREFIX = 'ropeway:';
/** These say whose a thing is, and are the same for all of its versions: tags, which come with it in one step. */
const OWNER = new Set(['project', 'stage', 'component']);
/** Characters of a description. */
const MOST = 256;

/** A thing's tags: the user's, and on top those by which Ropeway knows what is its own. */
export function tagsOf(labels: Labels, user: Record<string, string> = {}): Record<string, string> {
  const own = Object.entries(labels)
    .filter(([name]) => OWNER.has(name))
    .map(([name, value]) => [PREFIX + name, toTagValue(value)]);
  return { ...user, ...(Object.fromEntries(own) as Record<string, string>) };
}

/** The labels among tags; none of ours: it is somebody else's. */
export function labelsOfTags(tags: Record<string, string | undefined> = {}): Labels {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), fromTagValue(value ?? '')]),
  );
}

/** Tags to set, and names of tags of before to take away, so that there are the wanted ones; those of others stay. */
export function tagChanges(
  before: Record<string, string>,
  wanted: Record<string, string>,
): { set: Record<string, string>; remove: string[] } {
  const set = Object.entries(wanted).filter(([name, value]) => before[name] !== value);
  const remove = Object.keys(before).filter((name) => name.startsWith(PREFIX) && !(name in wanted));
  return { set: Object.fromEntries(set), remove };
}

/** `My shop [ropeway deployment=…]`: what is a version's own stands behind the user's text, which is cut when both are too long. */
export function descriptionOf(labels: Labels, text = ''): string {
  const pairs = Object.entries(labels)
    .filter(([name]) => !OWNER.has(name))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  if (pairs.length === 0) return text.slice(0, MOST);
  const note = `[ropeway ${pairs.join(' ')}]`;
  if (note.length > MOST) {
    throw new RopewayError({
      code: 'LABELS_TOO_LONG',
      message: 'The labels of a version do not fit into a description of AWS.',
      fault: 'system',
      expected: `at most ${MOST} characters`,
      got: String(note.length),
    });
  }
  const room = MOST - note.length - 1;
  return text === '' || room <= 0 ? note : `${text.slice(0, room)} ${note}`;
}

/** The labels in a description. */
export function labelsOfDescription(description = ''): Labels {
  const [, pairs] = /\[ropeway ([^\]]*)\]$/.exec(description) ?? [];
  if (pairs === undefined) return {};
  return Object.fromEntries(
    pairs.split(' ').map((pair) => {
      const [name = '', value = ''] = pair.split('=').map(decodeURIComponent);
      return [name, value];
    }),
  );
}

/** What a tag's value may not have is written as `@` and its code: `shop!` as `shop@21.`. */
function toTagValue(value: string): string {
  return value.replace(/[^\p{L}\p{N} _.:/=+-]/gu, (one) => `@${one.codePointAt(0)!.toString(16)}.`);
}

function fromTagValue(value: string): string {
  return value.replace(/@([0-9a-f]+)\./g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));
}
