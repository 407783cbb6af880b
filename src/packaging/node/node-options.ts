/** Options of `node` that load a module first. */
const LOADS = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader']);
/** What they load so that `node` reads TypeScript. */
const COMPILERS =
  /^(?:tsx|ts-node|ts-node-dev|@swc-node\/register|@swc\/register|esbuild-register|@esbuild-kit\/.*)$/;

/**
 * Packages that options of `node` load (`--import tsx`): the app does not start without them, even if its manifest
 * has them for development alone.
 */
export function neededByOptions(nodeOptions: readonly string[], isCompiled: boolean): string[] {
  return loaded(nodeOptions)
    .map(({ module }) => packageOf(module))
    .filter((name) => name !== undefined)
    .filter((name) => !isCompiled || !COMPILERS.test(name));
}

/** The options without those that make `node` read TypeScript. */
export function withoutCompilers(nodeOptions: readonly string[]): string[] {
  const dropped = new Set(
    loaded(nodeOptions)
      .filter(({ module }) => COMPILERS.test(packageOf(module) ?? ''))
      .flatMap(({ places }) => places),
  );
  return nodeOptions.filter((_, place) => !dropped.has(place));
}

function loaded(nodeOptions: readonly string[]): { module: string; places: number[] }[] {
  return nodeOptions.flatMap((option, place) => {
    const [name = '', value] = option.split(/=(.*)/s);
    if (!LOADS.has(name)) return [];
    const next = nodeOptions[place + 1];
    if (value !== undefined) return [{ module: value, places: [place] }];
    return next === undefined ? [] : [{ module: next, places: [place, place + 1] }];
  });
}

/** `@scope/name/part` → `@scope/name`; undefined for a path or a module of Node. */
function packageOf(module: string): string | undefined {
  if (/^[./]|^\w+:/.test(module)) return undefined;
  return module.split('/', module.startsWith('@') ? 2 : 1).join('/');
}
