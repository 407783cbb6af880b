/** What an element holds: text, further elements by name (a list: one element per item), or nothing (undefined: no element). */
export type XmlValue = string | number | boolean | undefined | XmlValue[] | { [name: string]: XmlValue };

export interface XmlElement {
  name: string;
  /** Without that of children. */
  text: string;
  children: XmlElement[];
}

/** A document of one element, attributes left out. Undefined when it is not well-formed; documents with a DTD are not read. */
export function parseXml(document: string): XmlElement | undefined {
  const root: XmlElement = { name: '', text: '', children: [] };
  const open = [root];
  let at = 0;
  for (const match of document.matchAll(PIECE)) {
    const [whole, data, closing, name, selfClosing] = match;
    const parent = open.at(-1)!;
    const text = unescapeText(document.slice(at, match.index));
    if (text === undefined) return undefined;
    parent.text += text;
    at = match.index + whole.length;
    if (data !== undefined) parent.text += data;
    else if (closing !== undefined) {
      if (open.length === 1 || closing !== parent.name) return undefined;
      open.pop();
    } else if (name !== undefined) {
      const element: XmlElement = { name, text: '', children: [] };
      parent.children.push(element);
      if (selfClosing === undefined) open.push(element);
    }
  }
  const isWhole = open.length === 1 && root.children.length === 1 && root.text.trim() === '';
  return isWhole && document.slice(at).trim() === '' ? root.children[0] : undefined;
}

// Character data, comment or declaration, end, start.
const PIECE =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)(?:\s[^<>]*?)?(\/)?>/g;

/** The text of an element's child; undefined: it has none of this name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text;
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((one) => one.name === name) ?? [];
}

export function toXml(root: string, value: XmlValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elements(root, value)}`;
}

function elements(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => elements(name, one)).join('');
  const inner =
    typeof value === 'object'
      ? Object.entries(value)
          .map(([key, one]) => elements(key, one))
          .join('')
      : escapeText(String(value));
  return `<${name}>${inner}</${name}>`;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function escapeText(text: string): string {
  // Control characters are not allowed in XML 1.0; as references most readers take them.
  return text.replaceAll(/[<>&\u0000-\u0008\u000B\u000C\u000D\u000E-\u001F]/g, (sign) => {
    if (sign === '<') return '&lt;';
    if (sign === '>') return '&gt;';
    return sign === '&' ? '&amp;' : `&#x${sign.charCodeAt(0).toString(16)};`;
  });
}

/** Undefined: there is a sign in it that may not stand alone. */
function unescapeText(text: string): string | undefined {
  if (text.includes('<')) return undefined;
  let isGood = true;
  const plain = text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));|&/gi, (_, hex, decimal, name) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    const found =
      name === undefined
        ? code <= 0x10_ff_ff
          ? String.fromCodePoint(code)
          : undefined
        : ENTITIES[String(name)];
    isGood &&= found !== undefined;
    return found ?? '';
  });
  return isGood ? plain : undefined;
}
