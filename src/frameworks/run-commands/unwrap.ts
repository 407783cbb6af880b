import { shellCommands } from './shell-words.ts';

/** Program and arguments without what stands in front of them. */
export interface PlainCommand {
  words: string[];
  env: Record<string, string>;
}

/** Programs that only start another one: the words that they take with them. */
const WRAPPERS: Record<string, (rest: string[]) => number> = {
  exec: () => 0,
  time: () => 0,
  nohup: () => 0,
  npx: options,
  bunx: options,
  env: () => 0,
  'cross-env': () => 0,
  'dumb-init': options,
  tini: options,
  poetry: subcommand('run'),
  pipenv: subcommand('run'),
  pdm: subcommand('run'),
  uv: subcommand('run'),
  rye: subcommand('run'),
  hatch: subcommand('run'),
  yarn: subcommand('node'),
  'dotenv-run': () => 0,
  ddtrace: () => 0,
  'ddtrace-run': () => 0,
  'newrelic-admin': subcommand('run-program'),
};

/** The plain commands of a shell line, in order. */
export function plainCommands(line: string): PlainCommand[] {
  return shellCommands(line).flatMap((words) => unwrap(words, {}));
}

function unwrap(words: string[], env: Record<string, string>): PlainCommand[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(first);
  if (assignment !== null) return unwrap(rest, { ...env, [assignment[1]!]: assignment[2]! });
  const program = programName(first);
  if (/^(ba|da|z|a)?sh$/.test(program)) {
    const script = rest[rest.findIndex((word) => /^-\w*c$/.test(word)) + 1];
    const isInline = rest.some((word) => /^-\w*c$/.test(word));
    return isInline && script !== undefined
      ? plainCommands(script).map(({ words: inner, env: own }) => ({ words: inner, env: { ...env, ...own } }))
      : [];
  }
  const taken = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program]!(rest) : -1;
  if (taken >= 0) return unwrap(rest.slice(taken), env);
  if (/^python(\d(\.\d+)?)?$/.test(program)) {
    const module = rest.indexOf('-m');
    const script = rest.findIndex((word) => !word.startsWith('-'));
    if (module !== -1 && (script === -1 || module < script)) {
      const name = rest[module + 1];
      if (name !== undefined && /^[\w-]+$/.test(name) && SERVER_MODULES.has(name))
        return [{ words: [name, ...rest.slice(module + 2)], env }];
      return [{ words: ['python', '-m', ...rest.slice(module + 1)], env }];
    }
    return [{ words: ['python', ...rest.slice(Math.max(0, script))], env }];
  }
  return [{ words: [program, ...rest], env }];
}

const SERVER_MODULES = new Set([
  'gunicorn',
  'uvicorn',
  'hypercorn',
  'daphne',
  'flask',
  'fastapi',
  'waitress',
  'uwsgi',
]);

/** `/usr/local/bin/gunicorn` → `gunicorn`; `.venv/bin/python` → `python`. */
function programName(word: string): string {
  return word
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.(exe|cmd)$/i, '');
}

function options(rest: string[]): number {
  const first = rest.findIndex((word) => !word.startsWith('-'));
  return first === -1 ? rest.length : first;
}

function subcommand(name: string): (rest: string[]) => number {
  return (rest) => {
    if (rest[0] !== name) return -1;
    return 1 + options(rest.slice(1));
  };
}
