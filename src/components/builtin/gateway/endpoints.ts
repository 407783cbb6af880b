import { z } from 'zod';

import type { RouteWish } from '../../../providers/types.ts';
import { flag } from '../old/words.ts';

/** An endpoint of the old API Gateway. */
export const endpointSchema = z.looseObject({
  path: z.string().regex(/^=?\//, { error: 'expected a path that begins with /' }),
  method: z.string().optional(),
  protocol: z.string().optional(),
  enableCORS: flag.optional(),
  function: z.looseObject({ functionName: z.string().optional() }).optional(),
  usagePlan: z.unknown().optional(),
  auth: z.unknown().optional(),
});

export type Endpoint = z.infer<typeof endpointSchema>;

/** The gateway took all that began with an endpoint's path, unless a `=` stood before it. */
export function endpointRoutes(endpoints: readonly Partial<Endpoint>[], environment: string): RouteWish[] {
  return endpoints.map(({ path = '/', method = 'ANY', enableCORS = false }) => {
    const exact = path.startsWith('=');
    const plain = path.replace(/^=/, '').replace(/\/+$/, '');
    const verb = method.toUpperCase();
    return {
      path: `${environment === '' ? '' : `/${environment}`}${plain}${exact ? '' : '/*'}` || '/',
      ...(environment === '' ? {} : { stage: environment }),
      ...(verb === 'ANY' ? {} : { methods: [verb] }),
      ...(enableCORS ? { cors: true } : {}),
    };
  });
}
