import type { NodeFramework } from '../node/framework.ts';

export const hono: NodeFramework = {
  id: 'hono',
  title: 'Hono',
  makes: {
    hono: ['Hono'],
    'hono/quick': ['Hono'],
    'hono/tiny': ['Hono'],
    '@hono/zod-openapi': ['OpenAPIHono'],
  },
  serves: { '@hono/node-server': ['serve'] },
};
