import { isMap, isScalar, parseDocument } from 'yaml';

import { RopewayError } from '../../../lib/errors.ts';

/** A setting that a change would overwrite. */
export interface Conflict {
  /** `functions.default.memory` */
  setting: string;
  /** As it stands in the file. */
  is: unknown;
  wanted: unknown;
}

/**
 * The text of a YAML file with further settings in it; comments and everything else stay as they are. What the file says already is never
 * overwritten: then there are conflicts. Throws CONFIG when the text is no YAML mapping.
 */
export function withSettings(text: string, wanted: string): { text: string; conflicts: Conflict[] } {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0 || !(document.contents === null || isMap(document.contents))) {
    throw new RopewayError({
      code: 'CONFIG',
      message: 'ropeway.yml is no YAML that settings could be added to.',
      expected: 'one `setting: value` a line',
      got: document.errors[0]?.message.split('\n', 1)[0] ?? 'something else',
    });
  }
  const addition = parseDocument(wanted);
  const conflicts: Conflict[] = [];
  let changes = 0;
  const add = (value: unknown, path: string[]): void => {
    const there = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isMapping(value) && (path.length === 0 || isMap(there))) {
      for (const [key, inner] of Object.entries(value)) add(inner, [...path, key]);
    } else if (there === undefined || there === null) {
      // The node itself: it keeps the form in which it is shown.
      document.setIn(path, addition.getIn(path, true));
      changes += 1;
    } else if (!isSame(isScalar(there) ? there.value : there, value)) {
      conflicts.push({
        setting: path.join('.'),
        is: isScalar(there) ? there.value : JSON.parse(JSON.stringify(there)),
        wanted: value,
      });
    }
  };
  add(addition.toJS(), []);
  if (changes === 0) return { text, conflicts };
  const appended = `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${wanted}\n`;
  // Where everything is new it comes at the end: what is there keeps every blank of it.
  const isWhole = conflicts.length === 0 && isSame(valueOf(appended), document.toJS());
  return { text: isWhole ? appended : document.toString({ lineWidth: 0 }), conflicts };
}

/** Undefined where it is no YAML, such as with a key that is there twice. */
function valueOf(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
