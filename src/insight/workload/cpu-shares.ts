import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import type { Workload } from './types.ts';

export interface CpuShares {
  /** Of a route's time, the part that is computing: 0 to 1. */
  of(route: string): number;
  notes: string[];
}

const profileResult = z.looseObject({
  kind: z.literal('profile'),
  routes: z.array(
    z.looseObject({ request: z.string(), warmMs: z.number().min(0), cpuMs: z.number().min(0) }),
  ),
});

/** From a profile (`ropeway profile --json`), from one share for all, or, when nobody knows, everything. Fails with BAD_PROFILE. */
export function cpuShares(workload: Workload, given: { profile?: string; share?: number }): CpuShares {
  const byRoute = given.profile === undefined ? new Map<string, number>() : readProfile(given.profile);
  const missing = workload.routes.filter(({ name }) => !byRoute.has(name));
  return {
    of: (route) => byRoute.get(route) ?? given.share ?? 1,
    notes:
      given.share !== undefined || missing.length === 0
        ? []
        : [
            `How much of ${missing.length === workload.routes.length ? 'a request' : missing.map(({ name }) => name).join(', ')} is computing is not known and taken as all of it: sharing an instance or cores then gains least. Give --cpu-share or --profile.`,
          ],
  };
}

function readProfile(file: string): Map<string, number> {
  try {
    const { routes } = profileResult.parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(
      routes.map(({ request, warmMs, cpuMs }) => [request, warmMs === 0 ? 1 : Math.min(1, cpuMs / warmMs)]),
    );
  } catch (error) {
    throw new RopewayError({
      code: 'BAD_PROFILE',
      message: `${file} is not what \`ropeway profile --json\` prints.`,
      got: error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : errorMessage(error),
      fix: 'run `ropeway profile --json > profile.json`, or give --cpu-share',
      cause: error,
    });
  }
}
