import type { IncomingMessage } from 'node:http';

import type { RunningFunction } from '../function.ts';
import type { Cors } from '../routing/cors.ts';
import type { ServedSite } from '../sites/served.ts';

/** What a request is for, as the gateway's routes say. */
export type Target = FunctionTarget | SiteTarget;

interface AnyTarget {
  /** Name of the function, or of the site. */
  function: string;
  /** The route's pattern. */
  route: string;
  alias?: string;
  /** Stage prefix of the URL (`release`), or ''. */
  stage: string;
  cors?: Cors;
  /** The gateway answers itself, as `cors` says: a browser's question before the request. */
  preflight?: boolean;
  /** Every answer tells its request's id, by which `ropeway logs --request` finds it. */
  tellsId?: boolean;
}

export interface FunctionTarget extends AnyTarget {
  site?: undefined;
  /** Bytes of a request body. */
  requestBytes: number;
  /**
   * The version that serves. Asked when the request is there whole, and then at once for an instance: a version that
   * is on its way out gets nothing new.
   */
  pick(): RunningFunction;
}

/** Whatever is deployed meanwhile, the whole answer is of this one. */
export interface SiteTarget extends AnyTarget {
  site: ServedSite;
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
