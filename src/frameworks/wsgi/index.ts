import type { PythonFramework } from '../python/framework.ts';

/** Frameworks that need nothing but PEP 3333. */
export const wsgiFrameworks: PythonFramework[] = [
  {
    id: 'bottle',
    title: 'Bottle',
    interface: 'wsgi',
    constructors: ['bottle.Bottle', 'bottle.default_app', 'bottle.app'],
  },
  { id: 'falcon', title: 'Falcon', interface: 'wsgi', constructors: ['falcon.App', 'falcon.API'] },
  {
    id: 'pyramid',
    title: 'Pyramid',
    interface: 'wsgi',
    constructors: ['pyramid.config.Configurator().make_wsgi_app'],
  },
  { id: 'dash', title: 'Dash', interface: 'wsgi', constructors: ['dash.Dash'], attribute: 'server' },
  {
    id: 'wsgi',
    title: 'CherryPy',
    interface: 'wsgi',
    constructors: ['cherrypy.Application', 'cherrypy.tree.mount'],
  },
  { id: 'wsgi', title: 'web.py', interface: 'wsgi', constructors: ['web.application().wsgifunc'] },
  {
    id: 'wsgi',
    title: 'Werkzeug',
    interface: 'wsgi',
    constructors: ['werkzeug.middleware.dispatcher.DispatcherMiddleware'],
  },
  { id: 'wsgi', title: 'python-socketio', interface: 'wsgi', constructors: ['socketio.WSGIApp'] },
];
