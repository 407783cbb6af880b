import type { PythonFramework } from '../python/framework.ts';

export const flask: PythonFramework = {
  id: 'flask',
  title: 'Flask',
  interface: 'wsgi',
  constructors: [
    'flask.Flask',
    'flask.app.Flask',
    'apiflask.APIFlask',
    'flask_openapi3.OpenAPI',
    'connexion.FlaskApp',
  ],
};
