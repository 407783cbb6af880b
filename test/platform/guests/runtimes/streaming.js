// A custom runtime of Lambda that sends its answers in parts, as the event says. `breakOff`: it ends as soon as there is this file.
const http = require('node:http');
const { once } = require('node:events');
const { existsSync } = require('node:fs');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const HTTP_TYPE = 'application/vnd.awslambda.http-integration-response';

const ask = (options) => http.request({ hostname, port, agent: false, ...options });

async function main() {
  for (;;) {
    const next = ask({ path: '/2018-06-01/runtime/invocation/next' }).end();
    const [response] = await once(next, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    await answer(response.headers['lambda-runtime-aws-request-id'], JSON.parse(text));
  }
}

async function answer(id, { type = HTTP_TYPE, parts, fail, breakOff, hang }) {
  const post = ask({
    method: 'POST',
    path: `/2018-06-01/runtime/invocation/${id}/response`,
    headers: {
      'Content-Type': type,
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      'Transfer-Encoding': 'chunked',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    },
  });
  for (const part of parts) {
    post.write(Buffer.from(part));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (breakOff !== undefined) {
    while (!existsSync(breakOff)) await new Promise((resolve) => setTimeout(resolve, 10));
    process.exit(5);
  }
  if (hang) return;
  if (fail !== undefined) {
    post.addTrailers({
      'Lambda-Runtime-Function-Error-Type': 'Function.Own',
      'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(fail)).toString('base64'),
    });
  }
  post.end();
  const [accepted] = await once(post, 'response');
  accepted.resume();
  console.log(`answered with ${accepted.statusCode}`);
}

void main();
