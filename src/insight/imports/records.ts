import { fileURLToPath } from 'node:url';

/** One module of one process, as it was loaded. */
export interface LoadedModule {
  /** Dotted name (Python), absolute path or `node:…` (Node); unique in a process. */
  key: string;
  /** Absolute path, or what the runtime says in its place: `built-in`, `frozen`, ''. */
  file: string;
  /** Without what it imports. */
  selfMs: number;
  /** Resident memory that came with it, without what it imports; 0 where nobody asked. */
  selfBytes: number;
  /** Key of the module that was the first to import it. */
  parent: string | undefined;
}

export interface Records {
  /** In the order in which their loading ended. */
  modules: LoadedModule[];
  /** What ran between one question and the next, in the order of the questions. */
  used: Used[];
  hasEsModules: boolean;
}

export interface Used {
  /** Paths of the files whose code has run. */
  files: string[];
  /** Bytes that are in use after a garbage collection; absent where the runtime does not tell. */
  heap?: number;
}

interface Span {
  key: string;
  file: string;
  start: number;
  end: number;
  before: number;
  after: number;
  children: Span[];
}

/** Reads what start_traced.py or preload.ts has written. A last line that is not complete yet is left out. */
export function readRecords(text: string): Records {
  const spans = nested();
  const evaluated: Span[] = [];
  const importers = new Map<string, string>();
  const used: Used[] = [];
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (line === '') continue;
    const [kind, ...rest] = JSON.parse(line) as [string, ...unknown[]];
    if (kind === 'i') {
      const [key, file, start, end, before, after, depth] = rest as [
        string,
        string,
        number,
        number,
        number,
        number,
        number,
      ];
      spans.add({ key, file, start, end, before, after, children: [] }, depth);
    } else if (kind === 'm') {
      const [url, start, end, before, after] = rest as [string, number, number, number, number];
      evaluated.push({ key: pathOf(url), file: pathOf(url), start, end, before, after, children: [] });
    } else if (kind === 'e') {
      const [url, importer] = rest as [string, string];
      importers.set(pathOf(url), pathOf(importer));
    } else if (kind === 'u') {
      const [files, heap] = rest as [string[], number?];
      used.push({ files: files.map(pathOf), ...(heap === undefined ? {} : { heap }) });
    }
  }
  const roots = takeIn(spans.roots(), evaluated);
  return { modules: flat(roots, importers), used, hasEsModules: evaluated.length > 0 };
}

/** Puts imports, which are told when they end, below those in which they happened. */
function nested(): { add(span: Span, depth: number): void; roots(): Span[] } {
  const waiting: Span[][] = [];
  const at = (depth: number): Span[] => (waiting[depth] ??= []);
  return {
    add: (span, depth) => {
      for (const child of at(depth + 1).splice(0)) {
        // What came before it was imported by a module that failed to load.
        if (child.start < span.start) at(depth).push(child);
        // `import a.b` imports `a` first, which is no part of `a.b`.
        else if (span.key.startsWith(`${child.key}.`)) {
          at(depth).push(child);
          span.start += child.end - child.start;
          span.before += child.after - child.before;
        } else span.children.push(child);
      }
      at(depth).push(span);
    },
    roots: () => waiting.flat(),
  };
}

/** CommonJS modules that an ES module has loaded while its own lines ran are its children. */
function takeIn(roots: Span[], evaluated: Span[]): Span[] {
  const rest = roots.filter((span) => {
    const owner = evaluated.findLast(({ start, end }) => start <= span.start && span.end <= end);
    owner?.children.push(span);
    return owner === undefined;
  });
  return [...rest, ...evaluated];
}

function flat(roots: Span[], importers: Map<string, string>): LoadedModule[] {
  const modules = new Map<string, LoadedModule>();
  const visit = (span: Span, parent: string | undefined): void => {
    for (const child of span.children) visit(child, span.key);
    const sum = (of: (child: Span) => number): number =>
      span.children.reduce((total, one) => total + of(one), 0);
    if (modules.has(span.key)) return;
    modules.set(span.key, {
      key: span.key,
      file: span.file,
      selfMs: Math.max(0, span.end - span.start - sum(({ start, end }) => end - start)),
      selfBytes: span.after - span.before - sum(({ before, after }) => after - before),
      parent,
    });
  };
  for (const root of roots) visit(root, undefined);
  for (const module of modules.values()) {
    const importer = module.parent ?? importers.get(module.key);
    module.parent =
      importer !== undefined && !leadsBack(modules, importer, module.key) ? importer : undefined;
  }
  return [...modules.values()];
}

/** Whether `to` is `from` or one of those above it. */
function leadsBack(modules: Map<string, LoadedModule>, from: string, to: string): boolean {
  for (let key: string | undefined = from; key !== undefined; key = modules.get(key)?.parent) {
    if (key === to) return true;
  }
  return false;
}

function pathOf(url: string): string {
  if (!url.startsWith('file://')) return url;
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
