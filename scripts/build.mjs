// Builds dist/ from src/. Needs the development dependencies (`npm ci` installs them).
import { rmSync, chmodSync } from 'node:fs';
import { runNode, root } from './lib/run.mjs';

rmSync(`${root}/dist`, { recursive: true, force: true });
await runNode('node_modules/typescript/bin/tsc', ['--project', 'tsconfig.json']);
chmodSync(`${root}/dist/cli/main.js`, 0o755);
