/** A tag of a page: enough of a parser for markup in which every value is escaped, strict where it matters. */
export interface Tag {
  name: string;
  attributes: Record<string, string>;
  /** Text right inside, entities resolved. */
  text: string;
}

const VOID = new Set(['meta', 'link', 'br', 'hr', 'img', 'input']);
const ATTRIBUTES = /^(?:\s+[a-zA-Z][\w:-]*(?:="[^"<]*")?)*\s*$/;

/** All tags in order. Throws where a tag is not closed, an attribute has no quotes, or a `<` or `&` stands bare. */
export function tagsOf(markup: string): Tag[] {
  const tags: Tag[] = [];
  const open: Tag[] = [];
  const pattern = /([^<]*)(?:<(\/?)([a-zA-Z!][\w]*)((?:[^>"]|"[^"]*")*?)(\/?)>|$)/gy;
  for (const [whole, text = '', isEnd, name, attributes = '', selfClosed] of markup.matchAll(pattern)) {
    const at = open.at(-1);
    if (at !== undefined) at.text += at.name === 'style' ? text : resolved(text);
    if (name === undefined) break;
    if (isEnd === '/') {
      if (at?.name !== name) throw new Error(`</${name}> ends <${at?.name ?? 'nothing'}>: ${whole}`);
      open.pop();
      continue;
    }
    if (!ATTRIBUTES.test(attributes)) throw new Error(`Attributes that are none: ${whole}`);
    const tag: Tag = { name, attributes: {}, text: '' };
    for (const [, key = '', value = ''] of attributes.matchAll(/([a-zA-Z][\w:-]*)(?:="([^"]*)")?/g))
      tag.attributes[key] = resolved(value);
    tags.push(tag);
    if (selfClosed !== '/' && !VOID.has(name) && name !== '!doctype') open.push(tag);
  }
  if (open.length > 0) throw new Error(`Not closed: ${open.map(({ name }) => name).join(', ')}`);
  return tags;
}

/** Coordinates that no picture may have. */
export function hasNoNumber(markup: string): boolean {
  return /NaN|undefined|Infinity|\[object|null/.test(markup);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };

function resolved(text: string): string {
  return text.replace(/&([#\w]*);?/g, (entity, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined || !entity.endsWith(';')) throw new Error(`No entity: ${entity}`);
    return character;
  });
}
