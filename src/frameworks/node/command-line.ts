/** A start command that runs a script with Node. */
export interface NodeCommand {
  /** The script as written; undefined when the runner finds it itself (`nodemon` alone). */
  script: string | undefined;
  /** Options for `node`, such as `--import tsx`. Those for watching and debugging are left out. */
  nodeOptions: string[];
}

/**
 * Takes apart `node`, `nodemon`, `tsx`, `ts-node` and `ts-node-dev` command lines. `nodemonExec` is
 * what nodemon's configuration runs. Undefined for any other program, and for uses of Node that an
 * entry cannot express: evaluated code, sub-commands after the script, a TypeScript project elsewhere.
 */
export function nodeCommand(words: string[], nodemonExec?: string): NodeCommand | undefined {
  const [program, ...rest] = words;
  if (program === undefined || words.some((word) => shellOperators.has(word))) return undefined;
  const name = program.replace(/^.*[\\/]/, '').replace(/\.(exe|cmd)$/, '');
  const runner = Object.hasOwn(runners, name) ? runners[name] : undefined;
  if (runner === undefined) return undefined;
  const args = rest[0] !== undefined && runner.subcommands?.includes(rest[0]) ? rest.slice(1) : rest;
  const parsed = parse(args, runner);
  if (parsed === undefined) return undefined;
  const exec = parsed.exec ?? (name === 'nodemon' ? nodemonExec : undefined);
  if (exec !== undefined) return execCommand(exec, parsed);
  if (name !== 'nodemon' && parsed.script === undefined) return undefined;
  const isTypeScript = /\.[mc]?tsx?$/.test(parsed.script ?? '');
  const own = name === 'nodemon' && isTypeScript ? tsNodeOptions : runner.options;
  return { script: parsed.script, nodeOptions: [...(parsed.replaces ?? own), ...parsed.nodeOptions] };
}

/** What makes `node` run TypeScript as these packages do. */
export const tsxOptions = ['--import', 'tsx'];
export const tsNodeOptions = ['-r', 'ts-node/register'];

interface Runner {
  /** For `node`, to do what the runner does. */
  options: string[];
  subcommands?: string[];
  /** The runner's own options followed by a value; they say nothing about the app. */
  valued?: string[];
  /** The runner's own options without a value. */
  flags?: string[];
  /** Options that change what runs in a way that an entry cannot express. */
  refused?: string[];
  /** Options that stand for other options of `node` than the runner's usual ones. */
  replaced?: Record<string, string[]>;
  /** Options whose value is a command to run instead. */
  exec?: string[];
}

const transpileOnly = ['-r', 'ts-node/register/transpile-only'];
const tsNodeEsm = ['--loader', 'ts-node/esm'];
const tsNodeReplaced: Record<string, string[]> = {
  '-T': transpileOnly,
  '--transpile-only': transpileOnly,
  '--transpileOnly': transpileOnly,
  '--esm': tsNodeEsm,
};
const tsNodeRefused = ['-P', '--project', '-O', '--compilerOptions', '--compiler-options', '--cwd', '--dir'];
const tsNodeFlags = ['--files', '--pretty', '--log-error', '-H', '--type-check', '--typeCheck'];

const tsNode: Runner = {
  options: tsNodeOptions,
  flags: tsNodeFlags,
  refused: [...tsNodeRefused, '--swc', '-I', '--ignore'],
  replaced: tsNodeReplaced,
};
const tsNodeDev: Runner = {
  options: tsNodeOptions,
  valued: ['--watch', '--ignore-watch', '--debounce', '--interval'],
  flags: [
    ...tsNodeFlags,
    '--respawn',
    '--exit-child',
    '--clear',
    '--cls',
    '--rs',
    '--notify',
    '--poll',
    '--quiet',
  ],
  refused: tsNodeRefused,
  replaced: tsNodeReplaced,
};
const node: Runner = { options: [], refused: ['--test', '--check', '-c', '--run', '-i', '--interactive'] };

const runners: Record<string, Runner | undefined> = {
  node,
  nodejs: node,
  nodemon: {
    options: [],
    valued: ['--watch', '-w', '--ignore', '-i', '--ext', '-e', '--delay', '-d', '--signal', '-s'],
    flags: [
      '--quiet',
      '-q',
      '--verbose',
      '-V',
      '--legacy-watch',
      '-L',
      '--on-change-only',
      '-C',
      '--no-stdin',
      '-I',
      '--exitcrash',
      '--spawn',
    ],
    refused: ['--cwd', '--config'],
    exec: ['--exec', '-x'],
  },
  tsx: {
    options: tsxOptions,
    subcommands: ['watch'],
    valued: ['--ignore', '--include', '--exclude'],
    flags: ['--no-cache', '--clear-screen', '--no-clear-screen'],
    refused: ['--tsconfig'],
  },
  'ts-node': tsNode,
  'ts-node-esm': { ...tsNode, options: tsNodeEsm },
  'ts-node-transpile-only': { ...tsNode, options: transpileOnly },
  'ts-node-dev': tsNodeDev,
  tsnd: tsNodeDev,
};

const shellOperators = new Set(['&&', '||', ';', '|', '&', '>', '<', '>>', '2>&1']);

/** Options of `node` itself that take the next word. */
const nodeValued = new Set(
  (
    '-r --require --import --loader --experimental-loader --env-file --env-file-if-exists -C --conditions --title ' +
    '--icu-data-dir --openssl-config --redirect-warnings --disable-warning --diagnostic-dir --dns-result-order ' +
    '--trace-event-categories --unhandled-rejections --heapsnapshot-signal --tls-keylog --max-http-header-size ' +
    '--experimental-default-type --use-largepages'
  ).split(' '),
);
/** An entry is a file. */
const evaluates = new Set(['-e', '--eval', '-p', '--print', '-pe', '--input-type', '-']);
/** Watching and debugging are done elsewhere. */
const leftOut = /^--(watch(-preserve-output)?|inspect(-brk|-wait)?)(=|$)/;
const leftOutValued = new Set(['--watch-path', '--inspect-port', '--debug-port']);

interface Parsed {
  script: string | undefined;
  nodeOptions: string[];
  exec?: string;
  replaces?: string[];
}

function parse(args: string[], runner: Runner): Parsed | undefined {
  const parsed: Parsed = { script: undefined, nodeOptions: [] };
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    const [option = word, inline] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
    const value = inline ?? args[index + 1];
    const skip = inline === undefined ? 1 : 0;
    if (word === '--' || !word.startsWith('-') || word === '') {
      const script = word === '--' ? index + 1 : index;
      return finish(parsed, args.slice(script));
    }
    if (runner.refused?.includes(option)) return undefined;
    if (runner.exec?.includes(option)) {
      parsed.exec = value ?? '';
      index += skip;
    } else if (runner.valued?.includes(option)) index += skip;
    else if (runner.flags?.includes(option) || leftOut.test(word)) continue;
    else if (evaluates.has(option)) return undefined;
    else if (leftOutValued.has(option)) index += skip;
    else if (runner.replaced?.[option] !== undefined) parsed.replaces = runner.replaced[option];
    else if (nodeValued.has(option)) {
      parsed.nodeOptions.push(word, ...(skip === 1 && value !== undefined ? [value] : []));
      index += skip;
    } else parsed.nodeOptions.push(word);
  }
  return parsed;
}

/** `words`: the script and its arguments. A sub-command (`cli.js serve`) decides what runs: not ours to drop. */
function finish(parsed: Parsed, words: string[]): Parsed | undefined {
  const [script, argument] = words;
  if (argument !== undefined && !argument.startsWith('-')) return undefined;
  if (script !== undefined) parsed.script = script;
  return parsed;
}

/** `nodemon --exec ts-node app.ts`: the other program, with nodemon's script behind it. */
function execCommand(exec: string, parsed: Parsed): NodeCommand | undefined {
  const words = exec.split(/\s+/).filter((word) => word !== '');
  if (words[0] === 'npx') words.shift();
  if (words.some((word) => /["'`$]/.test(word)) || words[0] === 'nodemon') return undefined;
  if (parsed.script !== undefined) words.push(parsed.script);
  const inner = nodeCommand(words);
  if (inner === undefined) return undefined;
  return { ...inner, nodeOptions: [...inner.nodeOptions, ...parsed.nodeOptions] };
}
