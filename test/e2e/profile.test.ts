import { afterEach, describe, expect, it } from 'vitest';

import type { ImportNode, ProfileResult } from '../../src/insight/types.ts';
import { appFolder, ropeway } from '../support/command.ts';
import { testPythonEnv } from '../support/python.ts';

let app: ReturnType<typeof appFolder> | undefined;
afterEach(() => app?.remove());

async function profile(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<ProfileResult> {
  app = appFolder(files);
  const { code, stdout, stderr } = await ropeway(
    ['profile', app.dir, '--runs', '1', '--count', '20', '--json'],
    undefined,
    env,
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('…')]);
  return JSON.parse(stdout) as ProfileResult;
}

/** From a root down to the first module of this name. */
function pathTo(tree: ImportNode[], name: string): string[] {
  for (const node of tree) {
    if (node.name === name) return [name];
    const below = pathTo(node.children, name);
    if (below.length > 0) return [node.name, ...below];
  }
  return [];
}

const route = (result: ProfileResult, request: string): ProfileResult['routes'][number] =>
  result.routes.find((one) => one.request === request)!;

// Some thirty processes, one after another.
describe('ropeway profile', { timeout: 180_000 }, () => {
  it('tells what a Python app costs, module by module and route by route', async () => {
    const result = await profile(
      {
        'app.py': `
import shelf.upper
from flask import Flask
app = Flask(__name__)
kept = []
@app.get("/")
def plain():
    return "plain"
@app.get("/heavy")
def heavy():
    import wave
    block = bytearray(64 * 1024 * 1024)
    return str(len(block))
@app.get("/leak")
def leak():
    kept.append(b"x" * 400_000)
    return "leak"
@app.get("/broken")
def broken():
    raise ValueError("no")
`,
        'shelf/__init__.py': 'ballast = bytearray(24 * 1024 * 1024)',
        'shelf/upper.py': 'import colorsys',
        'requests.http':
          '### plain\nGET {{host}}/\n\n### heavy\nGET {{host}}/heavy\n\n### leak\nGET {{host}}/leak\n',
      },
      await testPythonEnv(),
    );
    expect(result.app).toMatchObject({ framework: 'Flask', runtime: 'python' });
    expect(pathTo(result.imports, 'flask.app')).toEqual(['app', 'flask', 'flask.app']);
    expect(pathTo(result.imports, 'colorsys')).toEqual(['app', 'shelf.upper', 'colorsys']);
    const root = result.imports.find(({ name }) => name === 'app');
    const child = (name: string): ImportNode => root!.children.find((one) => one.name === name)!;
    expect(child('shelf')).toMatchObject({ owner: 'app' });
    expect(child('flask')).toMatchObject({ owner: 'Flask' });
    expect(child('shelf.upper').children[0]).toMatchObject({ owner: '(standard library)' });
    expect(child('shelf').totalMb).toBeGreaterThan(20);
    expect(child('shelf.upper').totalMb).toBeLessThan(10);
    expect(root!.totalMb!).toBeLessThan(result.load.memoryMb);
    const [plain, heavy, leak] = ['plain', 'heavy', 'leak'].map((name) => route(result, name));
    expect(heavy!.peakMb - plain!.peakMb).toBeGreaterThan(50);
    expect(heavy!.lateImports.map(({ name }) => name)).toContain('wave');
    expect(plain!.lateImports.map(({ name }) => name)).not.toContain('wave');
    expect(plain!.usedPackages).toContain('Flask');
    expect(leak!.growthKbPerRequest).toBeGreaterThan(300);
    expect(plain!.growthKbPerRequest).toBeLessThan(50);
    expect(plain).toMatchObject({ route: '/', responseBytes: 5 });
  });

  it('tells of a Node app what CommonJS and ES modules cost', async () => {
    const result = await profile({
      'package.json': '{"type": "module", "dependencies": {"left": "1", "right": "1"}}',
      'server.js': `
import http from 'node:http';
import { right } from 'right';
import left from 'left';
import './local.js';
const kept = [];
http.createServer((request, response) => {
  if (request.url === '/leak') kept.push(Array.from({ length: 50_000 }, (_, index) => String(index) + kept.length));
  response.end(request.url === '/right' ? right() : left.name);
}).listen(process.env.PORT);
`,
      'local.js': 'export const there = true;',
      'node_modules/left/package.json': '{"name": "left", "version": "1.0.0"}',
      'node_modules/left/index.js': "require('./inner.js'); module.exports = { name: 'left' };",
      'node_modules/left/inner.js': 'const zlib = require("zlib");',
      'node_modules/right/package.json':
        '{"name": "right", "version": "1.0.0", "type": "module", "exports": "./index.js"}',
      'node_modules/right/index.js': 'export function right() { return "right"; }',
      'requests.http':
        '### left\nGET {{host}}/\n\n### right\nGET {{host}}/right\n\n### leak\nGET {{host}}/leak\n',
    });
    expect(pathTo(result.imports, 'node:zlib')).toEqual([
      'server.js',
      'left/index.js',
      'left/inner.js',
      'node:zlib',
    ]);
    expect(pathTo(result.imports, 'right/index.js')).toEqual(['server.js', 'right/index.js']);
    expect(pathTo(result.imports, 'local.js')).toEqual(['server.js', 'local.js']);
    expect(result.imports[0]!.children.map(({ owner }) => owner).sort()).toEqual(['app', 'left', 'right']);
    expect(route(result, 'right').usedPackages).toEqual(['right']);
    expect(route(result, 'left').usedPackages).toEqual([]);
    expect(route(result, 'leak').growthKbPerRequest).toBeGreaterThan(400);
    expect(route(result, 'left').growthKbPerRequest).toBeLessThan(100);
  });

  it('says which request fails, with exit code 1, and what it cannot tell of a start command', async () => {
    app = appFolder({
      'requests.http': '### fine\nGET {{host}}/\n\n### broken\nGET {{host}}/broken\n',
      'serve.js': `require('node:http').createServer((request, response) => {
        response.statusCode = request.url === '/broken' ? 500 : 200;
        response.end('x');
      }).listen(process.env.PORT);`,
    });
    const args = ['profile', app.dir, '--runs', '1', '--count', '5', '--start', 'node serve.js'];
    const { code, stdout } = await ropeway(args);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ broken: status 500');
    expect(stdout).toContain('a start command runs this app');
    expect(stdout).not.toContain('import tree');
  });
});
