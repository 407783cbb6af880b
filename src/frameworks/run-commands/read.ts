import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Evidence } from '../types.ts';
import type { RunCommand } from './types.ts';
import { plainCommands } from './unwrap.ts';

/** The commands by which the app of a folder is started: Procfile, Dockerfile, package.json. */
export function readRunCommands(dir: string): RunCommand[] {
  return [...procfile(dir), ...dockerfile(dir), ...packageStart(dir)];
}

/** A command line as run commands; several when it runs several programs, the last one first. */
export function parseRunCommand(line: string, evidence: Evidence): RunCommand[] {
  return plainCommands(line)
    .toReversed()
    .map(({ words, env }) => ({ evidence, line, words, env }));
}

function procfile(dir: string): RunCommand[] {
  return textLines(dir, 'Procfile').flatMap((text, index) => {
    const match = /^\s*web\s*:\s*(.+)$/.exec(text);
    return match === null
      ? []
      : parseRunCommand(match[1]!, { file: 'Procfile', line: index + 1, text: text.trim() });
  });
}

function dockerfile(dir: string): RunCommand[] {
  let entrypoint: Instruction | undefined;
  let command: Instruction | undefined;
  for (const instruction of instructions(textLines(dir, 'Dockerfile'))) {
    // A new stage starts over.
    if (instruction.name === 'FROM') entrypoint = command = undefined;
    if (instruction.name === 'ENTRYPOINT') entrypoint = instruction;
    if (instruction.name === 'CMD') command = instruction;
  }
  const last = command ?? entrypoint;
  if (last === undefined) return [];
  const line = [entrypoint, command].flatMap((one) => (one === undefined ? [] : [one.command])).join(' ');
  return parseRunCommand(line, { file: 'Dockerfile', line: last.line, text: last.text });
}

interface Instruction {
  name: string;
  /** As a shell line, whichever form it was written in. */
  command: string;
  line: number;
  text: string;
}

function instructions(lines: string[]): Instruction[] {
  const found: Instruction[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    let text = lines[index]!;
    if (/^\s*#/.test(text)) continue;
    while (/\\\s*$/.test(text) && index + 1 < lines.length) {
      index += 1;
      text = text.replace(/\\\s*$/, ' ') + lines[index]!;
    }
    const match = /^\s*([A-Za-z]+)\s+(.+)$/.exec(text);
    if (match === null) continue;
    found.push({
      name: match[1]!.toUpperCase(),
      command: execForm(match[2]!) ?? match[2]!,
      line: start + 1,
      text: lines[start]!.trim(),
    });
  }
  return found;
}

/** `["gunicorn", "app:app"]` as a shell line; undefined when it is not in this form. */
function execForm(text: string): string | undefined {
  try {
    const words: unknown = JSON.parse(text);
    if (!Array.isArray(words)) return undefined;
    return words.map((word) => `'${String(word).replaceAll("'", String.raw`'\''`)}'`).join(' ');
  } catch {
    return undefined;
  }
}

const MAX_SCRIPT_DEPTH = 5;

function packageStart(dir: string): RunCommand[] {
  const lines = textLines(dir, 'package.json');
  const scripts = readScripts(lines.join('\n'));
  if (scripts['start'] === undefined) return [];
  return resolveScript('start', scripts, lines, MAX_SCRIPT_DEPTH).map((command) => ({
    ...command,
    line: 'npm start',
  }));
}

/** The commands behind a script; one that only calls other scripts is followed. */
function resolveScript(
  name: string,
  scripts: Record<string, string>,
  lines: string[],
  depth: number,
): RunCommand[] {
  const script = scripts[name];
  if (script === undefined || depth === 0) return [];
  const line = lines.findIndex((text) =>
    new RegExp(`"${name.replaceAll(/[^\w]/g, String.raw`\$&`)}"\\s*:`).test(text),
  );
  const evidence = {
    file: 'package.json',
    line: line + 1,
    text: (lines[line] ?? '').trim().replace(/,$/, ''),
  };
  return parseRunCommand(script, evidence).flatMap((command) => {
    const called = calledScript(command.words);
    return called === undefined ? [command] : resolveScript(called, scripts, lines, depth - 1);
  });
}

function calledScript(words: string[]): string | undefined {
  const [program, first, second] = words;
  if (program !== 'npm' && program !== 'yarn' && program !== 'pnpm' && program !== 'bun') return undefined;
  if (first === 'run' || first === 'run-script') return second;
  if (first === 'start' || (program === 'yarn' && first !== undefined && !first.startsWith('-')))
    return first;
  return undefined;
}

function readScripts(text: string): Record<string, string> {
  try {
    const manifest = JSON.parse(text) as { scripts?: Record<string, string> } | null;
    return manifest?.scripts ?? {};
  } catch {
    return {};
  }
}

function textLines(dir: string, name: string): string[] {
  const path = join(dir, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split(/\r?\n/) : [];
}
