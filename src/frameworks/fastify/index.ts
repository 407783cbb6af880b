import type { NodeFramework } from '../node/framework.ts';

export const fastify: NodeFramework = {
  id: 'fastify',
  title: 'Fastify',
  makes: { fastify: ['default', 'fastify'] },
};
