import { z } from 'zod';

import type { RouteWish } from '../../../providers/types.ts';
import { defined, stageSchema, strict } from '../app/own-inputs.ts';
import { unknownNotes, unusedNotes } from '../old/notes.ts';
import { maybe, texts, text } from '../old/words.ts';
import { endpointRoutes, endpointSchema } from './endpoints.ts';

export interface GatewaySettings {
  name?: string;
  /** First segment of its paths. */
  stage: string;
  routes: (RouteWish & { function: string })[];
  notes: string[];
  region?: string;
}

const ownShape = {
  name: text.optional(),
  stage: stageSchema,
  routes: z
    .array(
      z.strictObject({
        path: z.string().startsWith('/', { error: 'expected a path that begins with /' }),
        function: text,
        host: text.optional(),
        methods: z.array(z.string().regex(/^[A-Z]+$/, { error: 'expected a method such as GET' })).optional(),
        cors: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
        requestBytes: z.int().min(1).optional(),
      }),
    )
    .min(1, { error: 'expected at least one route: path and function' }),
};
type OwnInputs = z.infer<z.ZodObject<typeof ownShape>>;

/** What `gateway` takes: routes to functions of other components. */
export const gatewaySchema: z.ZodType = strict(ownShape);

export function gatewaySettings({ name, stage, routes }: OwnInputs): GatewaySettings {
  return {
    ...defined({ name }),
    stage,
    routes: routes.map((route) => ({
      ...defined(route),
      function: route.function,
      path: stage === '' ? route.path : `/${stage}${route.path}`,
      ...(stage === '' ? {} : { stage }),
    })),
    notes: [],
  };
}

/** What `@serverless/tencent-apigateway` takes. */
export const apigatewaySchema = z.looseObject({
  serviceId: z.string().optional(),
  region: z.string().optional(),
  protocols: texts.optional(),
  serviceName: z.string().optional(),
  description: z.string().nullish(),
  environment: z.enum(['test', 'prepub', 'release']).default('release'),
  endpoints: z.array(endpointSchema).min(1, { error: 'expected at least one endpoint' }),
  customDomain: z.union([z.array(z.looseObject({ domain: text })), z.null()]).optional(),
  usagePlan: z.unknown().optional(),
  auth: maybe({}),
});

const KNOWN = new Set([...Object.keys(apigatewaySchema.shape), 'fromClientRemark']);

export function apigatewaySettings(inputs: z.infer<typeof apigatewaySchema>): GatewaySettings {
  const { endpoints, environment, customDomain } = inputs;
  const hosts = (customDomain ?? []).map(({ domain }) => domain);
  const usable = endpoints.filter(({ protocol }) => protocol?.toUpperCase() !== 'WEBSOCKET');
  const routes = usable.flatMap((endpoint) => {
    const [route] = endpointRoutes([endpoint], environment);
    // A domain of one's own has the environment mapped away.
    const [onHost] = endpointRoutes([endpoint], '');
    const name = endpoint.function?.functionName ?? '';
    return [{ ...route!, function: name }, ...hosts.map((host) => ({ ...onHost!, host, function: name }))];
  });
  return {
    ...defined({ name: inputs.serviceName, region: inputs.region }),
    stage: environment,
    routes,
    notes: [
      'API Gateway was closed in 2025: its endpoints are routes of the gateway here',
      ...(usable.length < endpoints.length
        ? [
            'endpoints with protocol WEBSOCKET had functions of their own for each message: that no longer exists; an app serves WebSocket itself',
          ]
        : []),
      ...unusedNotes(
        {
          serviceId: inputs.serviceId,
          usagePlan: inputs.usagePlan ?? endpoints.find(({ usagePlan }) => usagePlan)?.usagePlan,
          auth: inputs.auth ?? endpoints.find(({ auth }) => auth)?.auth,
          https: (inputs.protocols ?? []).some((one) => /https/i.test(one)),
        },
        {
          serviceId: 'the service went with API Gateway',
          usagePlan: 'plans of use went with API Gateway: nobody counts requests any more',
          auth: 'keys of API Gateway went with it: anyone who reaches the address may call it',
          https: 'https is for the server in front of this machine; here it is http',
        },
      ),
      ...unknownNotes(inputs, KNOWN),
    ],
  };
}
