import { expect, test } from 'vitest';

import { scfStatus } from '../../../src/emulators/tencent/scf/invoking/status.ts';

test.each([
  ['INIT_FAILED', 430, 405],
  ['WEB_BOOTSTRAP', 430, 405],
  ['INIT_TIMEOUT', 433, 446],
  ['FUNCTION_TIMEOUT', 433, 433],
  ['MEMORY_EXCEEDED', 434, 434],
  ['FUNCTION_EXITED', 439, 439],
  ['RESPONSE_TOO_LARGE', 407, 407],
])('%s is %i for event functions and %i for web functions', (code, event, web) => {
  expect(scfStatus(code).status).toBe(event);
  expect(scfStatus(code, 'web').status).toBe(web);
});
