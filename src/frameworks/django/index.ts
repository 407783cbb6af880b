import type { PythonFramework } from '../python/framework.ts';

export const django: PythonFramework = {
  id: 'django',
  title: 'Django',
  interface: 'wsgi',
  constructors: ['django.core.wsgi.get_wsgi_application', 'django.core.handlers.wsgi.WSGIHandler'],
};

export const djangoAsgi: PythonFramework = {
  id: 'django',
  title: 'Django (ASGI)',
  interface: 'asgi',
  constructors: [
    'django.core.asgi.get_asgi_application',
    'channels.routing.ProtocolTypeRouter',
    'channels.routing.get_default_application',
  ],
};
