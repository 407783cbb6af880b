/** A reflected polynomial, in halves. */
export interface Polynomial {
  low: number;
  high: number;
}

/** ECMA-182, as COS and xz have it. */
export const XZ: Polynomial = { low: 0xd7_87_0f_42, high: 0xc9_6c_57_95 };
/** Of NVM Express, as S3 has it. */
export const NVME: Polynomial = { low: 0xac_4b_c9_b5, high: 0x9a_6c_93_29 };

/** The sum of what comes in parts. */
export interface Crc64 {
  update(part: Uint8Array): void;
  digest(): bigint;
}

export function createCrc64(polynomial: Polynomial): Crc64 {
  const tables = tablesOf(polynomial);
  let low = ~0;
  let high = ~0;
  return {
    update: (part) => {
      for (const byte of part) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ tables.low[index]!;
        high = (high >>> 8) ^ tables.high[index]!;
      }
    },
    digest: () => (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0),
  };
}

interface Tables {
  low: Int32Array;
  high: Int32Array;
}

const made = new Map<Polynomial, Tables>();

function tablesOf(polynomial: Polynomial): Tables {
  const found = made.get(polynomial) ?? makeTables(polynomial);
  made.set(polynomial, found);
  return found;
}

function makeTables(polynomial: Polynomial): Tables {
  const tables = { low: new Int32Array(256), high: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd !== 0) {
        low ^= polynomial.low;
        high ^= polynomial.high;
      }
    }
    tables.low[byte] = low;
    tables.high[byte] = high;
  }
  return tables;
}
