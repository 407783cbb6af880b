// Writes schema/ropeway.schema.json, which editors read beside ropeway.yml and serverless.yml.
// Needs dist/ (`npm run build`) and the formatter (`npm ci`).
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { jsonSchema } from '../dist/config/json-schema.js';
import { root } from './lib/run.mjs';

const file = join(root, 'schema', 'ropeway.schema.json');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, JSON.stringify(jsonSchema(), null, 2));
const { status } = spawnSync(join(root, 'node_modules', '.bin', 'oxfmt'), [file], { stdio: 'inherit' });
process.exitCode = status ?? 1;
