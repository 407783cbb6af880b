import type { RopewayError } from '../../lib/errors.ts';
import { invalid } from '../errors.ts';

/** A text is a row of plain texts and of `${…}`. */
export type Part = string | Slot;

/** `${name}` or `${name, default}`; a name may have slots of its own: `${self:sizes.${stage}}`. */
export interface Slot {
  name: Part[];
  fallback?: Fallback;
}

/** A value that is written down, or what a text with slots comes to. */
export type Fallback = { value: string | number | boolean | null } | { parts: Part[] };

const MAX_DEPTH = 20;
const OPEN = '${';
const ESCAPED = '$${';

/** Takes a text apart; `$${` is the text `${`. Throws CONFIG for a `${` that has no end; `where` is the place to name. */
export function parseText(text: string, where: () => string): Part[] {
  const reader = new Reader(text, where);
  return reader.parts(() => false);
}

/** The text that is parsed to this one: `${` becomes `$${`. */
export function escapeText(text: string): string {
  return text.replaceAll(OPEN, () => ESCAPED);
}

/** The slot when a text is nothing but one. */
export function onlySlot(parts: Part[]): Slot | undefined {
  const [first, second] = parts;
  return second === undefined && typeof first === 'object' ? first : undefined;
}

class Reader {
  private at = 0;
  private depth = 0;
  private readonly text: string;
  private readonly where: () => string;

  constructor(text: string, where: () => string) {
    this.text = text;
    this.where = where;
  }

  /** Up to the end of the text, or to a character that is an end. */
  parts(isEnd: (character: string) => boolean): Part[] {
    const parts: Part[] = [];
    let plain = '';
    while (this.at < this.text.length && !isEnd(this.text[this.at]!)) {
      if (this.skip(ESCAPED)) plain += OPEN;
      else if (this.skip(OPEN)) {
        if (plain !== '') parts.push(plain);
        plain = '';
        parts.push(this.slot());
      } else {
        plain += this.text[this.at];
        this.at += 1;
      }
    }
    if (plain !== '') parts.push(plain);
    return parts;
  }

  /** What stands between `${` and `}`, and the `}`. */
  private slot(): Slot {
    this.goDeeper();
    const name = trimmed(this.parts((character) => character === ',' || character === '}'));
    const fallback = this.skip(',') ? this.fallback() : undefined;
    if (!this.skip('}')) throw this.unended();
    this.depth -= 1;
    return fallback === undefined ? { name } : { name, fallback };
  }

  /** Up to the `}`. */
  private fallback(): Fallback {
    this.skipSpace();
    for (const quote of ["'", '"']) if (this.skip(quote)) return { value: this.quoted(quote) };
    // `${opt:stage, self:defaults.stage, 'dev'}`: each is tried in turn.
    if (/^(?:env|self|opt)[:.]\w/.test(this.text.slice(this.at, this.at + 6))) {
      this.goDeeper();
      const name = trimmed(this.parts((character) => character === ',' || character === '}'));
      const next = this.skip(',') ? this.fallback() : undefined;
      this.depth -= 1;
      return { parts: [next === undefined ? { name } : { name, fallback: next }] };
    }
    const parts = trimmed(this.parts((character) => character === '}'));
    return parts.every((part) => typeof part === 'string')
      ? { value: plainValue(parts.join('')) }
      : { parts };
  }

  /** Two quotes in a quoted text are one. */
  private quoted(quote: string): string {
    let value = '';
    for (;;) {
      const end = this.text.indexOf(quote, this.at);
      if (end === -1) throw this.unended();
      value += this.text.slice(this.at, end);
      this.at = end + 1;
      if (!this.skip(quote)) break;
      value += quote;
    }
    this.skipSpace();
    return value;
  }

  private goDeeper(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw invalid(`${this.where()}: variables are nested too deeply.`);
  }

  private skip(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private unended(): RopewayError {
    return invalid(`${this.where()}: a variable has no end.`, {
      expected: '${name} or ${name, default}',
      fix: 'write $${ where the text is to have the characters ${',
    });
  }
}

/** Without the space around. */
function trimmed(parts: Part[]): Part[] {
  return parts
    .map((part, index) => {
      if (typeof part !== 'string') return part;
      const start = index === 0 ? part.trimStart() : part;
      return index === parts.length - 1 ? start.trimEnd() : start;
    })
    .filter((part) => part !== '');
}

/** As YAML has it: numbers, true, false and null are not text. */
function plainValue(text: string): string | number | boolean | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  const number = Number(text);
  return /^-?\d+(?:\.\d+)?$/.test(text) && String(number) === text ? number : text;
}
