import type { Labels } from '../types.ts';

/** Before the names of tags that are ours. */
const PREFIX = 'ropeway:';
/** These say whose a thing is, and are the same for all of its versions: tags, which come with it in one step. */
const OWNER = new Set(['project', 'stage', 'component']);

export interface Tag {
  Key: string;
  Value: string;
}

/** A thing's tags: the user's, and on top those by which Ropeway knows what is its own. */
export function tagsOf(labels: Labels, user: Record<string, string> = {}): Record<string, string> {
  const own = Object.entries(labels)
    .filter(([name]) => OWNER.has(name))
    .map(([name, value]) => [PREFIX + name, toTagValue(value)]);
  return { ...user, ...(Object.fromEntries(own) as Record<string, string>) };
}

/** Labels that are no owner's: a version's own. */
export function versionLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !OWNER.has(name)));
}

/** The labels among tags; none of ours: it is somebody else's. */
export function labelsOfTags(tags: Record<string, string> = {}): Labels {
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), fromTagValue(value)]),
  );
}

export function tagList(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagRecord(
  tags: { Key?: string; Value?: string }[] | null | undefined,
): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Tags to set, and names of tags of before to take away, so that there are the wanted ones; those of others stay. */
export function tagChanges(
  before: Record<string, string>,
  wanted: Record<string, string>,
): { add: [string, string][]; change: [string, string][]; remove: string[] } {
  const set = Object.entries(wanted).filter(([name, value]) => before[name] !== value);
  return {
    add: set.filter(([name]) => !(name in before)),
    change: set.filter(([name]) => name in before),
    remove: Object.keys(before).filter((name) => name.startsWith(PREFIX) && !(name in wanted)),
  };
}

/** What a tag's value may not have in COS (doc 436/34838) is written as its code between two `=`: `shop!` as `shop=21=`. */
function toTagValue(value: string): string {
  return value.replace(/[^A-Za-z0-9 _.:/+-]/gu, (one) => `=${one.codePointAt(0)!.toString(16)}=`);
}

function fromTagValue(value: string): string {
  return value.replace(/=([0-9a-f]{1,6})=/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));
}
