import Module from 'node:module';

/** Of Node 22.1 and newer; Node 20 has none of it. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
  /** Of Node 22.10 and newer. */
  flushCompileCache?(): void;
}

/**
 * Lets Node keep what V8 compiles of the app in this folder, and take it from there (nodejs.org/api/module.html,
 * "Module compile cache"). Returns what writes it: instances end too suddenly for Node to do it when they do.
 */
export function useCompileCache(folder: string | undefined): () => void {
  const { enableCompileCache, flushCompileCache } = Module as CompileCache;
  if (folder === undefined || enableCompileCache === undefined) return () => undefined;
  enableCompileCache(folder);
  return () => flushCompileCache?.();
}
