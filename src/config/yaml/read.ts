import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';

import { errorMessage, type RopewayError } from '../../lib/errors.ts';
import { invalid } from '../errors.ts';
import type { ConfigFile } from '../file.ts';
import { checkNodes, type Problem } from './check.ts';
import { offsetOf } from './locate.ts';
import { keepNumbersAsWritten } from './numbers.ts';

/**
 * Reads one file of YAML or JSON. Throws CONFIG with line and column; its text never has a value of the file in it.
 * Aliases and merges (`<<`) are followed, tags are refused.
 */
export function readYaml(dir: string, name: string): ConfigFile {
  const { text, broken } = readText(dir, name);
  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const refuse = ({ offset, message }: Problem): RopewayError =>
    invalid(`${place(offset)}: ${message}`, { expected: expectedForm(name) });
  const document = parse(text, name, lines);
  const wrong = document.errors[0] ?? document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
  if (wrong !== undefined) throw refuse({ offset: wrong.pos[0], message: syntaxMessage(wrong) });
  const checked = checkNodes(document, { textIsBroken: broken });
  if ('problem' in checked) throw refuse(checked.problem);
  keepNumbersAsWritten(document, checked.aliases);
  const [alias] = checked.aliases.keys();
  return {
    name,
    // Sizes have been checked, with every alias followed.
    value: document.toJS({ maxAliasCount: -1 }) ?? undefined,
    where: (path) => place(offsetOf(document, checked.aliases, path)),
    ...(alias === undefined ? {} : { firstAlias: place(alias.range?.[0] ?? 0) }),
  };
}

function parse(text: string, name: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      // Its warnings would go to the terminal by themselves.
      logLevel: 'error',
      // Whatever version a directive of the file asks for: only what JSON has.
      schema: 'core',
      resolveKnownTags: false,
      merge: true,
    });
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) throw invalid(`${name}: it is nested too deeply`, { cause: error });
    throw error;
  }
}

function readText(dir: string, name: string): { text: string; broken: boolean } {
  const bytes = readBytes(dir, name);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), broken: false };
  } catch {
    // Comments may be in an older encoding; what else is, has marks in it that are looked for later.
    return { text: new TextDecoder().decode(bytes), broken: true };
  }
}

function readBytes(dir: string, name: string): Buffer {
  try {
    return readFileSync(join(dir, name));
  } catch (error) {
    throw invalid(`${name} cannot be read.`, {
      expected: 'a file of text',
      got: errorMessage(error),
      fix: `make ${join(dir, name)} a readable file, or remove it`,
      cause: error,
    });
  }
}

/** The parser's message without what it quotes of the file. */
function syntaxMessage({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (!name) are not supported';
  return message.replace(/(Invalid escape sequence) .*$/s, '$1').replace(/(?<=\w): .*$/s, '');
}

function expectedForm(name: string): string {
  return name.endsWith('.json')
    ? 'JSON'
    : 'YAML: one `setting: value` a line, text with special characters in quotes';
}
