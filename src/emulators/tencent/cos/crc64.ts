// CRC-64/XZ (ECMA-182, reflected), which COS tells of every object and its SDKs compare.
const LOW_POLYNOMIAL = 0xd7_87_0f_42;
const HIGH_POLYNOMIAL = 0xc9_6c_57_95;

const LOW = new Int32Array(256);
const HIGH = new Int32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let low = byte;
  let high = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd !== 0) {
      low ^= LOW_POLYNOMIAL;
      high ^= HIGH_POLYNOMIAL;
    }
  }
  LOW[byte] = low;
  HIGH[byte] = high;
}

/** The sum of what comes in parts. */
export interface Crc64 {
  update(part: Uint8Array): void;
  /** Unsigned, decimal, as `x-cos-hash-crc64ecma` has it. */
  digest(): string;
}

export function createCrc64(): Crc64 {
  let low = ~0;
  let high = ~0;
  return {
    update: (part) => {
      for (const byte of part) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
        high = (high >>> 8) ^ HIGH[index]!;
      }
    },
    digest: () => ((BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0)).toString(),
  };
}
