import type { PythonFramework } from '../python/framework.ts';

export const fastapi: PythonFramework = {
  id: 'fastapi',
  title: 'FastAPI',
  interface: 'asgi',
  constructors: ['fastapi.FastAPI', 'fastapi.applications.FastAPI'],
};
