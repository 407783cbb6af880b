import { Server } from 'node:http';

import type { Route } from '../../protocol.ts';

interface Layer {
  route?: { path: unknown; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
  regexp?: RegExp;
}

/** The routes of an Express app (4 and 5), in order; null where they cannot be listed. Never throws. */
export function listRoutes(app: unknown): Route[] | null {
  try {
    const stack = routerStack(app instanceof Server ? app.listeners('request')[0] : app);
    return stack === undefined ? null : collect(stack, '');
  } catch {
    return null;
  }
}

function routerStack(app: unknown): Layer[] | undefined {
  if (typeof app !== 'function') return undefined;
  const express = app as {
    _router?: { stack?: Layer[] };
    router?: { stack?: Layer[] };
    lazyrouter?: unknown;
  };
  // Express 4 throws when `router` is read.
  return typeof express.lazyrouter === 'function' ? express._router?.stack : express.router?.stack;
}

function collect(stack: Layer[], prefix: string): Route[] {
  return stack.flatMap((layer) => {
    if (layer.route !== undefined) {
      const methods = Object.keys(layer.route.methods).map((method) =>
        method === '_all' ? 'ANY' : method.toUpperCase(),
      );
      const paths = Array.isArray(layer.route.path) ? layer.route.path : [layer.route.path];
      return paths.map((path) => ({ methods, path: prefix + String(path) }));
    }
    const nested = layer.handle?.stack;
    return nested === undefined ? [] : collect(nested, prefix + mountPath(layer));
  });
}

/** Express 4 keeps the mount path only as a regular expression; Express 5 not at all (shown as `…`). */
function mountPath(layer: Layer): string {
  if (layer.regexp === undefined) return '…';
  const source = layer.regexp.source;
  if (source === '^\\/?(?=\\/|$)') return '';
  const match = /^\^((?:\\\/[\w.~-]+)+)\\\/\?\(\?=\\\/\|\$\)$/.exec(source);
  return match === null ? '…' : match[1]!.replaceAll('\\/', '/');
}
