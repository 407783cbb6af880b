import type { IncomingMessage } from 'node:http';

import type { Headers } from '../../events/types.ts';
import type { EventWishes, RunningFunction } from '../function.ts';
import type { Cors } from '../routing/cors.ts';
import type { ServedSite } from '../sites/served.ts';

/** What a request is for, as the gateway's routes say. */
export type Target = FunctionTarget | SiteTarget | RefusedTarget;

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

export interface FunctionTarget extends AnyTarget, EventWishes {
  site?: undefined;
  refusal?: undefined;
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
  refusal?: undefined;
}

/** An answer that is known without any function. */
export interface RefusedTarget extends AnyTarget {
  site?: undefined;
  refusal: { status: number; headers: Headers; body: Uint8Array };
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
