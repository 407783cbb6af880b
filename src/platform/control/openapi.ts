import { z } from 'zod';

import { packageVersion } from '../../lib/package-root.ts';
import { OPERATIONS, type Operation, PARAMETERS } from './operations.ts';

/** The control API as an OpenAPI 3.1 document, made of the operations themselves. */
export function openApi(): object {
  const paths: Record<string, Record<string, unknown>> = {
    '/metrics': {
      get: {
        operationId: 'metrics',
        summary: 'Figures for Prometheus',
        responses: { 200: { description: 'Text exposition format 0.0.4', content: { 'text/plain': {} } } },
      },
    },
    '/v1/openapi.json': {
      get: {
        operationId: 'openapi',
        summary: 'This document',
        responses: { 200: { description: 'OpenAPI 3.1' } },
      },
    },
  };
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: described(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Ropeway control API', version: packageVersion() },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Needed when a token is set; always off loopback',
        },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message'],
              properties: Object.fromEntries(
                ['code', 'message', 'expected', 'got', 'detail', 'fix'].map((name) => [
                  name,
                  { type: 'string' },
                ]),
              ),
            },
          },
        },
      },
    },
  };
}

function described({ id, path, summary, body, upload, open }: Operation): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return {
    operationId: id,
    summary,
    ...(open === true ? { security: [] } : {}),
    parameters: names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: jsonSchema(PARAMETERS[name]!),
    })),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    ...(upload === undefined ? {} : { requestBody: { required: true, content: { [upload]: {} } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': {} } },
      default: {
        description: 'What was wrong, and nothing has changed',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
