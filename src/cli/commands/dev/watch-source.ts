import { existsSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';

/** Folders that hold no source of the app. */
const IGNORED_FOLDERS = new Set([
  'node_modules',
  '.git',
  '.ropeway',
  '.venv',
  'venv',
  'env',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.idea',
  '.vscode',
  'coverage',
]);
/** What an app writes at run time (databases, logs, uploads) must not restart it. */
const SOURCE_EXTENSIONS = new Set(
  '.py .js .mjs .cjs .ts .mts .cts .jsx .tsx .json .html .htm .jinja .jinja2 .j2 .ejs .pug .hbs .mustache .njk .css .toml .yml .yaml .ini .cfg .env .txt .po .mo .graphql .sql'.split(
    ' ',
  ),
);
const SOURCE_NAMES = new Set(['.env', 'Procfile', 'Pipfile']);
/** Milliseconds in which several changes (a save of many files) count as one. */
const TOGETHER_MS = 10;

/**
 * Calls `onChange` with the changed files (relative paths), once per burst of changes. Changes since
 * `began` (milliseconds since 1970), made before watching began, count too; data files of which `appWrote` says
 * so, given the time of their change, are the app's own doing and do not. The returned promise resolves when watching has begun.
 */
export async function watchSource(
  dir: string,
  began: number,
  appWrote: (time: number) => boolean,
  onChange: (files: string[]) => void,
): Promise<{ close(): Promise<void> }> {
  const { watch } = await import('chokidar');
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dir, {
    alwaysStat: true,
    atomic: false,
    ignored: (path, stats) => path !== dir && (stats?.isFile() === true ? !isSource(path) : isForeign(path)),
  });
  let watching = false;
  watcher.on('all', (event, path, stats) => {
    if (event === 'addDir' || event === 'unlinkDir' || !isSource(path)) return;
    if (!watching && (stats?.mtimeMs ?? 0) < began) return;
    // The time of the change, not of this event, which may come late; that of the content can be set by anyone.
    if (isData(path) && appWrote(stats?.ctimeMs ?? Date.now())) return;
    changed.add(relative(dir, path));
    timer ??= setTimeout(() => {
      timer = undefined;
      const files = [...changed];
      changed = new Set();
      onChange(files);
    }, TOGETHER_MS);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  watching = true;
  return {
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/** A folder of tools or installed packages; a virtual environment can have any name. */
function isForeign(path: string): boolean {
  return IGNORED_FOLDERS.has(basename(path)) || existsSync(join(path, 'pyvenv.cfg'));
}

/** Files that apps keep data in, as well as configuration. */
function isData(path: string): boolean {
  return ['.json', '.txt', '.sql'].includes(extname(path)) && basename(path) !== 'package.json';
}

function isSource(path: string): boolean {
  // Editors and databases write beside a file first (`.~db.json`).
  if (basename(path).startsWith('.') && !basename(path).startsWith('.env')) return false;
  return SOURCE_EXTENSIONS.has(extname(path)) || SOURCE_NAMES.has(basename(path));
}
