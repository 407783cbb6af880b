import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseServerCommand } from '../../src/frameworks/python/server-command.ts';
import { shellCommands } from '../../src/frameworks/run-commands/shell-words.ts';
import { plainCommands } from '../../src/frameworks/run-commands/unwrap.ts';

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

describe('shellCommands', () => {
  it('gives back any quoted words (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 1 }), { minLength: 1 }), (commands) => {
        const line = commands.map((words) => words.map(quote).join(' ')).join(' && ');
        expect(shellCommands(line)).toEqual(commands);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws, whatever the line (property)', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(Array.isArray(plainCommands(line))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads separators, pipes, escapes and both quotes', () => {
    expect(shellCommands(String.raw`a "b c" 'd e' f\ g && h; i | j k || l`)).toEqual([
      ['a', 'b c', 'd e', 'f g'],
      ['h'],
      ['i'],
      ['l'],
    ]);
    expect(shellCommands(String.raw`echo "a\"b\$c"`)).toEqual([['echo', 'a"b$c']]);
  });
});

describe('plainCommands', () => {
  it.each([
    ['PORT=80 exec gunicorn app:app', ['gunicorn', 'app:app'], { PORT: '80' }],
    ['poetry run gunicorn app:app', ['gunicorn', 'app:app'], {}],
    ['uv run --no-dev uvicorn app:app', ['uvicorn', 'app:app'], {}],
    ['python3 -m uvicorn app:app', ['uvicorn', 'app:app'], {}],
    ['.venv/bin/python -u serve.py', ['python', 'serve.py'], {}],
    ['python -m shop.server', ['python', '-m', 'shop.server'], {}],
    ['tini -- node server.js', ['node', 'server.js'], {}],
    ['sh -c "A=1 node server.js"', ['node', 'server.js'], { A: '1' }],
    ['cross-env NODE_ENV=production node .', ['node', '.'], { NODE_ENV: 'production' }],
    ['npx tsx src/index.ts', ['tsx', 'src/index.ts'], {}],
    ['newrelic-admin run-program gunicorn a:b', ['gunicorn', 'a:b'], {}],
  ])('%s', (line, words, env) => {
    expect(plainCommands(line)).toEqual([{ words, env }]);
  });
});

describe('parseServerCommand', () => {
  it.each([
    ['gunicorn -w 4 -b :8000 shop.wsgi', { module: 'shop.wsgi', attribute: 'application', factory: false }],
    ['gunicorn shop:create_app() --workers 3', { module: 'shop', attribute: 'create_app', factory: true }],
    [
      'gunicorn -k uvicorn.workers.UvicornWorker main:api',
      { module: 'main', attribute: 'api', interface: 'asgi' },
    ],
    [
      'uvicorn --factory shop:make --app-dir src',
      { module: 'shop', attribute: 'make', factory: true, folder: 'src' },
    ],
    ['hypercorn main:app --bind 0.0.0.0:80', { module: 'main', attribute: 'app', interface: 'asgi' }],
    [
      'waitress-serve --call shop:create',
      { module: 'shop', attribute: 'create', factory: true, interface: 'wsgi' },
    ],
    ['flask --app shop run', { module: 'shop', attribute: undefined }],
    [
      'flask --app=pkg/web.py:create_app() run',
      { module: 'pkg.web', attribute: 'create_app', factory: true },
    ],
    ['fastapi run app/main.py', { module: 'app.main', attribute: 'app', interface: 'asgi' }],
    ['uwsgi --wsgi-file shop/wsgi.py --callable web', { module: 'shop.wsgi', attribute: 'web' }],
    ['uwsgi --module shop.wsgi:app --http :80', { module: 'shop.wsgi', attribute: 'app' }],
  ])('%s', (line, expected) => {
    expect(parseServerCommand(line.split(' '), {})).toMatchObject({ kind: 'server', ...expected });
  });

  it('takes FLASK_APP, scripts and modules', () => {
    expect(parseServerCommand(['flask', 'run'], { FLASK_APP: 'shop.py' })).toMatchObject({ module: 'shop' });
    expect(parseServerCommand(['python', 'serve.py'], {})).toEqual({ kind: 'script', file: 'serve.py' });
    expect(parseServerCommand(['python', '-m', 'shop.serve'], {})).toEqual({
      kind: 'script',
      file: 'shop/serve.py',
    });
    expect(parseServerCommand(['celery', 'worker'], {})).toBeUndefined();
    expect(parseServerCommand(['flask', 'db', 'upgrade'], {})).toBeUndefined();
  });
});
