// Functions of which it is known what they do: load, sleep, compute.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Loading takes 150 ms of the processor. */
const PYTHON = `import time
from urllib.parse import parse_qs

def spend(ms):
    end = time.thread_time() + ms / 1000
    while time.thread_time() < end:
        pass

spend(150)

def application(environ, start_response):
    query = parse_qs(environ["QUERY_STRING"])
    spend(float(query.get("cpu", ["0"])[0]))
    time.sleep(float(query.get("sleep", ["0"])[0]) / 1000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
`;

const NODE = `const http = require('node:http');
http.createServer((request, response) => {
  const query = new URL(request.url, 'http://localhost').searchParams;
  setTimeout(() => response.end('done'), Number(query.get('sleep')));
}).listen(3000);
`;

/** {python, node}: a specification for the control API of each, without limits. */
export function knownApps(folder) {
  const interpreter = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim();
  const python = appIn(join(folder, 'python'), 'app.py', PYTHON);
  const node = appIn(join(folder, 'node'), 'app.js', NODE);
  return {
    python: {
      entry: {
        runtime: 'python',
        interface: 'wsgi',
        root: python,
        from: { module: 'app', attribute: 'application', factory: false },
        env: {},
      },
      interpreter,
      sourceRoot: python,
    },
    node: {
      entry: {
        runtime: 'node',
        interface: 'listener',
        root: node,
        file: join(node, 'app.js'),
        nodeOptions: [],
      },
      sourceRoot: node,
    },
  };
}

function appIn(folder, name, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return folder;
}
