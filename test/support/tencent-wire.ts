import { startWire, type Wire, type WireCall } from './wire.ts';

/** A wire to Tencent Cloud, or what stands in for it. Calls are known as `scf CreateFunction`, `cos PUT index.html`, `cos PUT ?website`. */
export function startTencentWire(upstream: string): Promise<Wire> {
  return startWire({
    upstream: () => upstream,
    nameOf,
    failure: (call, { status, code, message }) =>
      actionOf(call) === undefined
        ? {
            status,
            headers: { 'content-type': 'application/xml' },
            body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>test-request</RequestId></Error>`,
          }
        : {
            // Errors come with status 200 here.
            status: 200,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              Response: { Error: { Code: code, Message: message }, RequestId: 'test-request' },
            }),
          },
  });
}

function nameOf(call: WireCall): string {
  const action = actionOf(call);
  if (action !== undefined) return `${SERVICES[String(call.headers['x-tc-version'])] ?? 'tag'} ${action}`;
  const { pathname, search } = new URL(call.path, 'http://cloud');
  const [, , ...key] = decodeURIComponent(pathname).split('/');
  const [setting = ''] = /^\?\w+(?=$|&|=$)/.exec(search) ?? [];
  return ['cos', call.method, `${key.join('/')}${setting}`].join(' ').trimEnd();
}

const SERVICES: Record<string, string> = { '2018-04-16': 'scf', '2019-01-16': 'cam' };

function actionOf({ headers }: WireCall): string | undefined {
  const action = headers['x-tc-action'];
  return typeof action === 'string' ? action : undefined;
}
