import { asgiFrameworks } from './asgi/index.ts';
import { django, djangoAsgi } from './django/index.ts';
import { fastapi } from './fastapi/index.ts';
import { flask } from './flask/index.ts';
import type { PythonFramework } from './python/framework.ts';
import { wsgiFrameworks } from './wsgi/index.ts';

/** Every Python framework that is known by the call that makes its app. Node's are in node/list.ts. */
export const pythonFrameworks: PythonFramework[] = [
  flask,
  django,
  djangoAsgi,
  fastapi,
  ...wsgiFrameworks,
  ...asgiFrameworks,
];
