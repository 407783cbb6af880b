import type { Rule } from '../rule.ts';
import { backgroundWork } from './background-work.ts';
import { connections } from './connections.ts';
import { diskWrites } from './disk-writes.ts';
import { growingMemory } from './growing-memory.ts';
import { heavyImport } from './heavy-import.ts';
import { inProcessState } from './in-process-state.ts';
import { largeResponses } from './large-responses.ts';
import { memorySize } from './memory-size.ts';
import { packageSize } from './package-size.ts';
import { routeMemory } from './route-memory.ts';
import { sqlite } from './sqlite.ts';
import { staticFiles } from './static-files.ts';
import { uploads } from './uploads.ts';
import { websockets } from './websockets.ts';

/** Every rule, in the order in which findings of one severity are told. */
export const RULES: Rule[] = [
  memorySize,
  routeMemory,
  heavyImport,
  diskWrites,
  sqlite,
  inProcessState,
  backgroundWork,
  websockets,
  uploads,
  largeResponses,
  staticFiles,
  packageSize,
  connections,
  growingMemory,
];
