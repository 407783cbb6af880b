import type { IncomingMessage } from 'node:http';

import type { RunningFunction } from '../function.ts';
import type { Cors } from '../routing/cors.ts';

/** What a request is for, as the gateway's routes say. */
export interface Target {
  /** Name of the function. */
  function: string;
  /** The route's pattern. */
  route: string;
  alias?: string;
  /** Stage prefix of the URL (`release`), or ''. */
  stage: string;
  /** Bytes of a request body. */
  requestBytes: number;
  cors?: Cors;
  /** The gateway answers itself, as `cors` says: a browser's question before the request. */
  preflight?: boolean;
  /** Every answer tells its request's id, by which `ropeway logs --request` finds it. */
  tellsId?: boolean;
  /**
   * The version that serves. Asked when the request is there whole, and then at once for an instance: a version that
   * is on its way out gets nothing new.
   */
  pick(): RunningFunction;
}

/** Where a request goes; undefined: no route takes it. */
export type Router = (incoming: IncomingMessage) => Target | undefined;

/** Everything to one function, as it is configured at the time. */
export function routeAll(fn: RunningFunction): Router {
  return () => {
    const spec = fn.spec();
    return {
      function: spec.name,
      route: spec.stage === '' ? '/*' : `/${spec.stage}/*`,
      stage: spec.stage,
      requestBytes: spec.limits.requestBytes,
      pick: () => fn,
    };
  };
}
