import type { NodeFramework } from '../node/framework.ts';

export const nest: NodeFramework = {
  id: 'nest',
  title: 'NestJS',
  makes: { '@nestjs/core': ['NestFactory.create'] },
};
