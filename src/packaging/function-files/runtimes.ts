import { RopewayError } from '../../lib/errors.ts';
import { allowsPython } from '../python/requires-python.ts';

/** Runtimes of the clouds' functions, oldest first, as of 2026-11. Sources: the clouds' own lists of runtimes (Lambda runtimes; SCF doc 583/67789, 583/56051). */
const RUNTIMES = {
  aws: {
    python: ['3.10', '3.11', '3.12', '3.13', '3.14'],
    node: ['20', '22', '24'],
  },
  tencent: {
    // 3.6 and 3.7 are there, too; the adapter and today's frameworks need more.
    python: ['3.9', '3.10'],
    node: ['16', '18', '20'],
  },
} as const;

export type Cloud = keyof typeof RUNTIMES;

export interface ChosenRuntime {
  /** `python3.10`, `nodejs20`, `custom` */
  runtime: string;
  /** `3.10`, `20`; absent: the package brings its own. */
  version?: string;
  /** What is otherwise than it was wished, for people. */
  note?: string;
}

export interface RuntimeWish {
  cloud: Cloud;
  language: 'python' | 'node';
  /** As the user wrote it: `Python3.6`, `nodejs20.x`; absent: as it is here. */
  given: string | undefined;
  /** What the app runs on here: `3.12`, `20`; undefined: not known. */
  here: string | undefined;
  /** Which Pythons the app says that it runs on. */
  requires?: { file: string; specifier: string };
}

/**
 * The runtime of a cloud for an app: the one that is asked for, or what it runs on here, or the nearest that there is, which is told. Throws TARGET_RUNTIME
 * when it is one of another language, and TARGET_PYTHON when the app forbids it.
 */
export function chooseRuntime(wish: RuntimeWish): ChosenRuntime {
  const { cloud, language, given, here, requires } = wish;
  if (given !== undefined && /^custom/i.test(given)) return { runtime: 'custom' };
  const all: readonly string[] = RUNTIMES[cloud][language];
  const isAllowed = (version: string): boolean =>
    language === 'node' || requires === undefined || allowsPython(requires.specifier, version);
  const allowed = all.filter(isAllowed);
  const asked = given === undefined ? undefined : versionOf(given, language);
  const wanted = asked ?? here;
  const chosen = (version: string): ChosenRuntime => ({ runtime: nameOf(language, version), version });
  if (wanted !== undefined && allowed.includes(wanted)) return chosen(wanted);
  if (allowed.length === 0 || (asked !== undefined && all.includes(asked)))
    throw forbidden(wish, all, allowed);
  if (wanted === undefined) return chosen(allowed.at(-1)!);
  const version = nearest(allowed, wanted);
  const name = nameOf(language, version);
  const title = language === 'python' ? 'Python' : 'Node';
  const note =
    asked === undefined
      ? `${cloud} has no ${title} ${wanted}, on which the app runs here: ${name} is taken (\`runtime\` says another; there are ${allowed.join(', ')})`
      : `runtime ${given}: ${cloud} has none that today's frameworks run on; ${name} is taken (there are ${allowed.join(', ')})`;
  return { ...chosen(version), note };
}

function nameOf(language: 'python' | 'node', version: string): string {
  return language === 'python' ? `python${version}` : `nodejs${version}`;
}

function forbidden(
  { cloud, given, requires }: RuntimeWish,
  all: readonly string[],
  allowed: readonly string[],
): RopewayError {
  const others =
    allowed.length === 0
      ? ''
      : `\`runtime: ${nameOf('python', allowed.at(-1)!)}\`, which the app allows; or `;
  return new RopewayError({
    code: 'TARGET_PYTHON',
    message:
      allowed.length === 0
        ? `${cloud} has no Python that the app may run on.`
        : `The app may not run on ${given ?? 'this Python'}.`,
    expected: `requires-python ${requires?.specifier} of ${requires?.file}`,
    got: allowed.length === 0 ? `python${all.join(', python')} in the cloud` : (given ?? ''),
    fix: `${others}a Python of your own: \`runtime: custom\` with \`interpreter: /opt/…/python3\` from a layer; or widen requires-python, if the app runs on more than it says`,
  });
}

/** The newest that is not newer; else the oldest there is. */
function nearest(there: readonly string[], wanted: string): string {
  const older = there.filter((one) => compare(one, wanted) <= 0);
  return older.at(-1) ?? there.at(-1)!;
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  return a![0]! - b![0]! || (a![1] ?? 0) - (b![1] ?? 0);
}

/** `3.12` of `Python3.12`, `20` of `Nodejs20.19` and `nodejs20.x`. Throws TARGET_RUNTIME. */
function versionOf(text: string, language: 'python' | 'node'): string {
  const pattern =
    language === 'python' ? /^python\s?-?(\d\.\d{1,2})$/i : /^node(?:js)?\s?-?(\d{1,2})(?:\.[\dx]+)*$/i;
  const version = pattern.exec(text.trim())?.[1];
  if (version !== undefined) return version;
  throw new RopewayError({
    code: 'TARGET_RUNTIME',
    message: `This is no runtime of a ${language === 'python' ? 'Python' : 'Node'} app.`,
    expected: language === 'python' ? 'python3.12, or custom' : 'nodejs20, or custom',
    got: text,
  });
}
