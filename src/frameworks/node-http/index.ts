import type { NodeFramework } from '../node/framework.ts';

const makers = ['createServer', 'Server'];

/** Node's own server: any framework found beside it is the better name for the app. */
export const nodeHttp: NodeFramework = {
  id: 'node-http',
  title: 'plain http.createServer',
  makes: { http: makers, 'node:http': makers, https: makers, 'node:https': makers },
};
