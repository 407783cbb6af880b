// The four events of the benchmark, as an AWS HTTP API sends them (payload 2.0): every peer reads those.

const headers = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br',
  'accept-language': 'en-US,en;q=0.9',
  'cache-control': 'max-age=0',
  host: 'abcdefghij.execute-api.eu-west-1.amazonaws.com',
  'sec-fetch-mode': 'navigate',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36',
  'x-amzn-trace-id': 'Root=1-65a1b2c3-0123456789abcdef01234567',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
};

const form = `name=value&text=${'x'.repeat(1008)}`;
const json = JSON.stringify({
  items: Array.from({ length: 1000 }, (_, id) => ({ id, text: 'y'.repeat(41) })),
});

export const events = {
  get: event('GET', '/hello'),
  form: event('POST', '/length', form, 'application/x-www-form-urlencoded'),
  json: event('POST', '/length', json, 'application/json'),
  binary: event('GET', '/binary'),
};

export const BINARY_BYTES = 1024 * 1024;

/** Bytes that are no text, the same in every language: a linear congruential generator. */
export function binaryBody() {
  const body = Buffer.alloc(BINARY_BYTES);
  let state = 1;
  for (let index = 0; index < body.length; index++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    body[index] = state >> 16;
  }
  return body;
}

function event(method, path, body, type) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: 'q=1&page=2',
    cookies: ['session=0123456789abcdef', 'theme=dark'],
    headers:
      body === undefined
        ? headers
        : { ...headers, 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
    queryStringParameters: { q: '1', page: '2' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: headers.host,
      domainPrefix: 'abcdefghij',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: headers['user-agent'],
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1583348638390,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false,
  };
}
