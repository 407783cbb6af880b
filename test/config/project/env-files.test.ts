import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { readEnvFiles } from '../../../src/config/project/env-files.ts';
import { appFolder } from '../../support/command.ts';
import { told } from '../support.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => folder?.remove());

function read(files: Record<string, string>, stage = 'prod', own: Record<string, string> = {}): unknown {
  folder = appFolder(files);
  return readEnvFiles(folder.dir, stage, own);
}

describe('.env files', () => {
  it('are optional', () => {
    expect(read({})).toEqual({});
  });

  it('that of the stage wins over the general one, this process over both', () => {
    const files = { '.env': 'A=1\nB=1\nC=1\n', '.env.prod': 'B=2\nC=2\n', '.env.dev': 'A=9\n' };
    expect(read(files, 'prod', { C: '3', D: '3' })).toEqual({ A: '1', B: '2', C: '3', D: '3' });
  });

  it('takes what such files have: quotes, comments, export, BOM, CRLF', () => {
    const text = '\uFEFF# 密钥\r\nTENCENT_APP_ID=123\r\nexport KEY="a # b"\r\nEMPTY=\r\nX = y # comment\r\n';
    expect(read({ '.env': text })).toEqual({ TENCENT_APP_ID: '123', KEY: 'a # b', EMPTY: '', X: 'y' });
  });

  it('come under the environment of this process when nobody says otherwise', () => {
    folder = appFolder({ '.env': 'PATH=changed\nONLY_HERE=1\n' });
    const env = readEnvFiles(folder.dir, 'dev');
    expect(env['PATH']).toBe(process.env['PATH']);
    expect(env['ONLY_HERE']).toBe('1');
    expect(process.env['ONLY_HERE']).toBeUndefined();
  });

  it('one that cannot be read says so', async () => {
    expect(await told(() => read({ '.env.prod/x': '' }))).toBe(
      '.env.prod cannot be read. [CONFIG]\n' +
        '  expected: a file of NAME=value lines\n' +
        '  got:      EISDIR\n' +
        '  to mend:  make .env.prod a readable file, or remove it',
    );
  });

  it('a stage cannot lead out of the folder', async () => {
    expect(await told(() => read({}, '/../../secrets'))).toContain(
      'This is not the name of a stage. [CONFIG]',
    );
  });

  it('never crash, whatever is in them', () => {
    const dir = appFolder({});
    folder = dir;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', '"', "'", '=', '\n'), (text, more) => {
        dir.write('.env', `A=1\n${text}${more}`);
        for (const value of Object.values(readEnvFiles(dir.dir, 'dev', {})))
          expect(typeof value).toBe('string');
      }),
    );
  });
});
