import type { PythonFramework } from '../python/framework.ts';

/** Frameworks that need nothing but ASGI 3. */
export const asgiFrameworks: PythonFramework[] = [
  {
    id: 'starlette',
    title: 'Starlette',
    interface: 'asgi',
    constructors: ['starlette.applications.Starlette'],
  },
  { id: 'quart', title: 'Quart', interface: 'asgi', constructors: ['quart.Quart', 'quart.app.Quart'] },
  {
    id: 'litestar',
    title: 'Litestar',
    interface: 'asgi',
    constructors: ['litestar.Litestar', 'litestar.app.Litestar'],
  },
  { id: 'falcon', title: 'Falcon (ASGI)', interface: 'asgi', constructors: ['falcon.asgi.App'] },
  { id: 'sanic', title: 'Sanic', interface: 'asgi', constructors: ['sanic.Sanic', 'sanic.app.Sanic'] },
  {
    id: 'asgi',
    title: 'BlackSheep',
    interface: 'asgi',
    constructors: ['blacksheep.Application', 'blacksheep.server.Application'],
  },
  { id: 'asgi', title: 'Connexion', interface: 'asgi', constructors: ['connexion.AsyncApp'] },
  { id: 'asgi', title: 'python-socketio', interface: 'asgi', constructors: ['socketio.ASGIApp'] },
];
