import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nodeCommand } from '../../src/frameworks/node/command-line.ts';

const of = (line: string, exec?: string): ReturnType<typeof nodeCommand> =>
  nodeCommand(line.split(' '), exec);

describe('a start command', () => {
  it.each([
    ['node server.js', 'server.js', []],
    ['/usr/local/bin/node .', '.', []],
    ['node --import tsx src/index.ts', 'src/index.ts', ['--import', 'tsx']],
    ['node --import=tsx src/index.ts', 'src/index.ts', ['--import=tsx']],
    ['node -r dotenv/config app', 'app', ['-r', 'dotenv/config']],
    ['node --env-file=.env --watch app.js', 'app.js', ['--env-file=.env']],
    ['node --watch-path ./src --inspect=0.0.0.0:9229 app.js', 'app.js', []],
    ['node --max-old-space-size=4096 app.js --port 80', 'app.js', ['--max-old-space-size=4096']],
    ['node -- app.js', 'app.js', []],
    ['nodemon', undefined, []],
    [
      'nodemon -w src -e js,ts --require dotenv/config src/app.js',
      'src/app.js',
      ['--require', 'dotenv/config'],
    ],
    ['nodemon src/app.ts', 'src/app.ts', ['-r', 'ts-node/register']],
    ['nodemon --exec tsx src/app.ts', 'src/app.ts', ['--import', 'tsx']],
    ['tsx x.ts', 'x.ts', ['--import', 'tsx']],
    ['tsx watch --ignore ./data --env-file .env x.ts', 'x.ts', ['--import', 'tsx', '--env-file', '.env']],
    ['ts-node x.ts', 'x.ts', ['-r', 'ts-node/register']],
    ['ts-node --files -T x.ts', 'x.ts', ['-r', 'ts-node/register/transpile-only']],
    ['ts-node --esm x.ts', 'x.ts', ['--loader', 'ts-node/esm']],
    ['ts-node-dev --respawn --ignore-watch data x.ts', 'x.ts', ['-r', 'ts-node/register']],
  ])('%s', (line, script, nodeOptions) => {
    expect(of(line)).toEqual({ script, nodeOptions });
  });

  it.each([
    'bun server.js',
    'next start',
    'vite',
    'serve',
    'node',
    'node -e console.log(1)',
    'node --test',
    'node cli.js serve',
    'node a.js && node b.js',
    'tsx --tsconfig other.json x.ts',
    'ts-node -P other.json x.ts',
    'constructor x.js',
    '',
  ])('%s is not one of ours', (line) => {
    expect(of(line)).toBeUndefined();
  });

  it("runs what nodemon's configuration names", () => {
    expect(of('nodemon', 'ts-node src/index.ts')).toEqual({
      script: 'src/index.ts',
      nodeOptions: ['-r', 'ts-node/register'],
    });
    expect(of('nodemon', 'tsc && node x.js')).toBeUndefined();
    expect(of('nodemon', 'nodemon')).toBeUndefined();
  });

  it('of any words never throws', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'node',
        'nodemon',
        'tsx',
        '--exec',
        '-r',
        '--import',
        '--',
        '-',
        '--env-file=',
        'a.js',
        '&&',
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom('node', 'nodemon', 'tsx', 'ts-node'), fc.array(word), (program, words) => {
        const parsed = nodeCommand([program, ...words]);
        expect(parsed === undefined || Array.isArray(parsed.nodeOptions)).toBe(true);
      }),
    );
  });
});
