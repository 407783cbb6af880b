import { expect, it } from 'vitest';

import { decodeBody } from '../../src/events/body.ts';

it('gives each body bytes of its own, whatever its size', () => {
  const sizes = [1, 4095, 4096, 4097, 5001, 65_536, 131_072, 131_073, 300_000];
  const texts = sizes.flatMap((size) => ['a', 'b', 'é', '日'].map((letter) => letter.repeat(size)));
  const bodies = texts.map((text) => decodeBody(text, false));
  for (const [index, body] of bodies.entries()) {
    expect(Buffer.from(body).equals(Buffer.from(texts[index]!))).toBe(true);
    // Writing into one changes no other.
    body.fill(0);
  }
  expect(bodies.every((body) => body.every((byte) => byte === 0))).toBe(true);
});
