// The example apps, and how their users start them without functions.
import { join } from 'node:path';
import { root } from '../lib/run.mjs';

/** `plain`: program and arguments; `{port}` stands for the port, `{bin}` for the folder of Python's programs. */
const examples = [
  {
    name: 'flask',
    title: 'Flask',
    language: 'python',
    plain: ['{bin}/gunicorn', '--workers', '1', '--bind', '127.0.0.1:{port}', 'app:app'],
  },
  {
    name: 'django',
    title: 'Django',
    language: 'python',
    plain: ['{bin}/gunicorn', '--workers', '1', '--bind', '127.0.0.1:{port}', 'mydjango.wsgi'],
  },
  {
    name: 'fastapi',
    title: 'FastAPI',
    language: 'python',
    plain: ['{bin}/uvicorn', '--port', '{port}', '--log-level', 'warning', 'main:app'],
  },
  { name: 'express', title: 'Express', language: 'node', plain: [process.execPath, 'app.js'] },
  { name: 'koa', title: 'Koa', language: 'node', plain: [process.execPath, 'app.js'] },
  { name: 'bare-python', title: 'bare Python', language: 'python' },
  { name: 'bare-node', title: 'bare Node', language: 'node' },
];
for (const example of examples) example.folder = join(root, 'examples', example.name);

/** All examples, or those that are named. Throws on a name that does not exist. */
export function chooseExamples(names) {
  const unknown = names.filter((name) => !examples.some((example) => example.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `no example ${unknown.join(', ')}; there are ${examples.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? examples : examples.filter(({ name }) => names.includes(name));
}
