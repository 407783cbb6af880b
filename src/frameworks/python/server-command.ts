/** What the command line of a Python server names. */
export type ServerCommand =
  | {
      kind: 'server';
      interface?: 'wsgi' | 'asgi';
      /** Dotted; without it the server looks at conventional names. */
      module?: string;
      attribute?: string | undefined;
      factory?: boolean;
      /** `--chdir`, `--app-dir` */
      folder?: string;
      env?: Record<string, string>;
    }
  | { kind: 'script'; file: string };

/** Reads `gunicorn`, `uvicorn`, `flask run` and the like; undefined for any other program. */
export function parseServerCommand(words: string[], env: Record<string, string>): ServerCommand | undefined {
  const [program, ...rest] = words;
  switch (program) {
    case 'gunicorn':
      return target(
        rest,
        /^uvicorn|asgi/i.test(option(rest, '-k', '--worker-class') ?? '') ? 'asgi' : undefined,
        '--chdir',
      );
    case 'uvicorn':
      return target(rest, option(rest, '--interface') === 'wsgi' ? 'wsgi' : 'asgi', '--app-dir');
    case 'hypercorn':
    case 'daphne':
    case 'granian':
      return target(rest, option(rest, '--interface') === 'wsgi' ? 'wsgi' : 'asgi', '--app-dir');
    case 'waitress-serve':
    case 'waitress':
      return target(rest, 'wsgi');
    case 'uwsgi':
      return uwsgi(rest);
    case 'flask':
      return flaskRun(rest, env);
    case 'fastapi':
      return fastapiRun(rest);
    case 'python':
      return python(rest);
    default:
      return undefined;
  }
}

/** `module:attribute`, `module:factory()`, or a module alone (gunicorn's `application`). */
const TARGET = /^([A-Za-z_][\w.]*?)(?::([A-Za-z_][\w.]*)(\(.*\))?)?$/s;

function target(
  words: string[],
  kind: 'wsgi' | 'asgi' | undefined,
  folderOption?: string,
): ServerCommand | undefined {
  const explicit = words.find((word) => word.includes(':') && TARGET.test(word));
  const found =
    explicit ?? words.findLast((word, index) => TARGET.test(word) && !words[index - 1]?.startsWith('-'));
  const match = found === undefined ? null : TARGET.exec(found);
  if (match === null) return undefined;
  const folder = folderOption === undefined ? undefined : option(words, folderOption);
  return {
    kind: 'server',
    ...(kind === undefined ? {} : { interface: kind }),
    module: match[1]!,
    attribute: match[2] ?? 'application',
    factory: match[3] !== undefined || words.includes('--factory') || words.includes('--call'),
    ...(folder === undefined ? {} : { folder }),
  };
}

function uwsgi(words: string[]): ServerCommand | undefined {
  const module = option(words, '-w', '--module', '--wsgi');
  if (module !== undefined) {
    const [name = '', attribute = option(words, '--callable') ?? 'application'] = module.split(':');
    return { kind: 'server', interface: 'wsgi', module: name, attribute };
  }
  const file = option(words, '--wsgi-file', '--file');
  if (file === undefined) return undefined;
  const attribute = option(words, '--callable') ?? 'application';
  return { kind: 'server', interface: 'wsgi', module: fileModule(file), attribute };
}

function flaskRun(words: string[], env: Record<string, string>): ServerCommand | undefined {
  if (!words.includes('run')) return undefined;
  const app = option(words, '--app', '-A') ?? env['FLASK_APP'];
  if (app === undefined) return { kind: 'server', interface: 'wsgi' };
  const [path = '', attribute] = app.split(':');
  const factory = attribute?.endsWith(')') ?? false;
  return {
    kind: 'server',
    interface: 'wsgi',
    module: fileModule(path),
    attribute: attribute?.replace(/\(.*\)$/s, ''),
    factory,
  };
}

function fastapiRun(words: string[]): ServerCommand | undefined {
  const [verb, ...rest] = words;
  if (verb !== 'run' && verb !== 'dev') return undefined;
  const file = rest.find((word) => word.endsWith('.py'));
  const attribute = option(rest, '--app');
  return {
    kind: 'server',
    interface: 'asgi',
    ...(file === undefined ? {} : { module: fileModule(file) }),
    attribute: attribute ?? (file === undefined ? undefined : 'app'),
  };
}

function python(words: string[]): ServerCommand | undefined {
  const [first, second] = words;
  if (first === '-m' && second !== undefined)
    return { kind: 'script', file: `${second.replaceAll('.', '/')}.py` };
  return first?.endsWith('.py') ? { kind: 'script', file: first } : undefined;
}

/** `src/my/app.py` → `src.my.app`; a dotted name stays. */
function fileModule(path: string): string {
  return path.replace(/^\.\//, '').replace(/\.py$/, '').replaceAll('/', '.');
}

/** The value of an option in either form: `--app x`, `--app=x`. */
function option(words: string[], ...names: string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    for (const name of names) {
      if (word === name) return words[index + 1];
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return undefined;
}
