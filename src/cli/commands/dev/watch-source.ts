import { basename, extname, relative } from 'node:path';

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
 * Calls `onChange` with the changed files (relative paths), once per burst of changes, the first
 * time at once. The returned promise resolves when watching has begun.
 */
export async function watchSource(
  dir: string,
  onChange: (files: string[]) => void,
): Promise<{ close(): Promise<void> }> {
  const { watch } = await import('chokidar');
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dir, {
    ignoreInitial: true,
    atomic: false,
    ignored: (path, stats) =>
      (path !== dir && IGNORED_FOLDERS.has(basename(path))) || (stats?.isFile() === true && !isSource(path)),
  });
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir' || !isSource(path)) return;
    changed.add(relative(dir, path));
    timer ??= setTimeout(() => {
      timer = undefined;
      const files = [...changed];
      changed = new Set();
      onChange(files);
    }, TOGETHER_MS);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

function isSource(path: string): boolean {
  return SOURCE_EXTENSIONS.has(extname(path)) || SOURCE_NAMES.has(basename(path));
}
