import type { NodeFramework } from '../node/framework.ts';

export const koa: NodeFramework = {
  id: 'koa',
  title: 'Koa',
  makes: { koa: ['default'] },
};
