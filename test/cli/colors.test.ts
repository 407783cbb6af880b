import { expect, it } from 'vitest';

import { wantsColors } from '../../src/cli/colors.ts';

it('colours terminals only, in CI too, unless the user says otherwise', () => {
  expect(wantsColors(true, {})).toBe(true);
  expect(wantsColors(false, { CI: 'true' })).toBe(false);
  expect(wantsColors(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColors(true, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  expect(wantsColors(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColors(true, { FORCE_COLOR: '0' })).toBe(false);
});
