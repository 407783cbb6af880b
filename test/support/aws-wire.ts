import { startWire, type Wire, type WireCall } from './wire.ts';

/** A wire to AWS, or what stands in for it. Calls are known as `lambda POST /functions`, `iam CreateRole`. */
export function startAwsWire(
  upstream: (service: string) => string,
  before: (name: string) => Promise<void> = async () => undefined,
): Promise<Wire> {
  return startWire({
    upstream: (call) => upstream(serviceOf(call)),
    nameOf,
    before,
    failure: (call, { status, code, message }) => {
      const service = serviceOf(call);
      const isXml = service === 's3' || service === 'iam' || service === 'sts';
      const inside = `<Code>${code}</Code><Message>${message}</Message>`;
      return {
        status,
        headers: {
          'content-type': isXml ? 'application/xml' : 'application/json',
          'x-amzn-errortype': code,
          'x-amzn-requestid': 'test-request',
        },
        body: !isXml
          ? JSON.stringify({ __type: code, message, Type: 'User' })
          : service === 's3'
            ? `<Error>${inside}<RequestId>test-request</RequestId></Error>`
            : `<ErrorResponse><Error><Type>Sender</Type>${inside}</Error><RequestId>test-request</RequestId></ErrorResponse>`,
      };
    },
  });
}

/** `lambda POST /functions`, `iam CreateRole`. */
export function nameOf(call: WireCall): string {
  const service = serviceOf(call);
  const target = call.headers['x-amz-target'];
  if (typeof target === 'string') return `${service} ${target.split('.').at(-1)}`;
  const action = new URLSearchParams(call.body.toString('utf8')).get('Action');
  if (action !== null && (service === 'iam' || service === 'sts')) return `${service} ${action}`;
  // Not the version of the API: `/2015-03-31/functions`.
  return `${service} ${call.method} ${call.path.replace(/^\/(\d{4}-\d\d-\d\d|v2)(?=\/)/, '')}`;
}

/** As the signature's scope has it. */
function serviceOf({ headers }: WireCall): string {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
}
