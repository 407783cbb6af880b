import type { NodeFramework } from '../node/framework.ts';

export const express: NodeFramework = {
  id: 'express',
  title: 'Express',
  makes: { express: ['default'], '@feathersjs/express': ['default'] },
};
