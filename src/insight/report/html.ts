/**
 * Text that is HTML already. Only `html`, `raw` and `joined` make it, so that a value of an app (a path, a name, an error) can
 * come into a page in no other way than escaped.
 */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text is escaped, lists are joined, what is absent is left out. */
export type Part = string | number | Html | false | undefined | readonly Part[];

/** Template tag: html`<p title="${any}">${any}</p>`. Attributes must be in quotes. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += textOf(part) + (strings[index + 1] ?? '');
  return new Html(text);
}

/** For what we wrote ourselves (styles); never for what came from elsewhere. */
export function raw(text: string): Html {
  return new Html(text);
}

export function joined(parts: readonly Part[], separator = ''): Html {
  return new Html(parts.map(textOf).join(separator));
}

/** Text for any place between tags or inside of a quoted attribute. Characters that HTML forbids become U+FFFD. */
export function escape(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD').replace(SPECIAL, (character) => ENTITIES[character] ?? character);
}

const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\p{Surrogate}/gu;
const SPECIAL = /[&<>"'`]/g;
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return Number.isFinite(part) ? String(part) : '–';
  return part.map(textOf).join('');
}
