import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { type FunctionOffer, type Offer, offer, type ServerOffer } from './offers.ts';

export interface Prices {
  functions: FunctionOffer[];
  servers: ServerOffer[];
  /** What one unit of a currency is in US dollars. */
  usd: Record<string, number>;
  /** Files that were read, with what they say of themselves. */
  files: { file: string; asOf: string; source: string; note?: string }[];
}

export interface PricesOptions {
  /** A file whose figures win over the built-in ones. */
  file?: string;
  /** Region by cloud, where it is not the usual one: `{ aws: 'eu-west-1' }`. */
  regions?: Record<string, string>;
  /** Currencies' values in US dollars that win over all files. */
  usd?: Record<string, number>;
}

const FILES = ['tencent', 'aws', 'server'];

/** The built-in price lists, with the user's file on top. Fails with BAD_PRICES, UNKNOWN_REGION. */
export function loadPrices(options: PricesOptions = {}): Prices {
  const lists = FILES.map((name) => readList(join(packageRoot, 'src/insight/prices', `${name}.json`)));
  const exchange = readJson(join(packageRoot, 'src/insight/prices/exchange.json')) as Exchange;
  const own = options.file === undefined ? undefined : readList(options.file);
  const raw = new Map<string, Raw>();
  for (const list of lists) for (const one of list.offers) raw.set(one.id, dated(one, list));
  for (const one of own?.offers ?? []) {
    raw.set(one.id, merge(raw.get(one.id) ?? {}, dated(one, own!)));
  }
  const offers = [...raw.values()].map((one) =>
    inRegion(one, options.regions ?? {}, options.file ?? 'built-in'),
  );
  if (own === undefined) knownClouds(offers, options.regions ?? {});
  return {
    functions: offers.filter((one) => one.kind === 'function'),
    servers: offers.filter((one) => one.kind === 'server'),
    usd: { ...exchange.usd, ...own?.usd, ...options.usd },
    files: [...lists, ...(own === undefined ? [] : [own])].map(({ file, asOf, source, note }) => ({
      file,
      asOf,
      source,
      ...(note === undefined ? {} : { note }),
    })),
  };
}

type Raw = Record<string, unknown>;

interface Exchange {
  usd: Record<string, number>;
}

const list = z.strictObject({
  asOf: z.string().regex(/^\d{4}(-\d\d(-\d\d)?)?$/),
  source: z.string().min(1),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  note: z.string().optional(),
  offers: z.array(z.looseObject({ id: z.string().min(1) })),
  usd: z.record(z.string().regex(/^[A-Z]{3}$/), z.number().positive()).optional(),
});

type List = z.infer<typeof list> & { file: string };

function readList(file: string): List {
  const parsed = list.safeParse(readJson(file));
  if (parsed.success) return { ...parsed.data, file };
  throw badPrices(file, parsed.error);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new RopewayError({
      code: 'BAD_PRICES',
      message: `The price file ${file} cannot be read.`,
      expected: 'a JSON file with asOf, source and offers',
      got: errorMessage(error),
      fix: 'see docs/cost.md, "Your own prices"',
      cause: error,
    });
  }
}

/** Figures of a user's file have its date and source; a built-in offer that it changes keeps the rest of what it says. */
function dated(one: Raw, { asOf, source, currency }: List): Raw {
  return { ...(currency === undefined ? {} : { currency }), asOf, source, ...one };
}

function merge(under: Raw, over: Raw): Raw {
  const merged = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isPlain(before) && isPlain(value) && !('tiers' in value) ? merge(before, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inRegion(raw: Raw, wanted: Record<string, string>, file: string): Offer {
  const region = wanted[String(raw['cloud'])];
  const regions = isPlain(raw['regions']) ? raw['regions'] : {};
  if (region === undefined || region === raw['region']) return checked(raw, file);
  // A machine is rented where it is rented: it is compared with functions elsewhere.
  if (raw['kind'] === 'server' && !(region in regions)) return checked(raw, file);
  const differs = regions[region];
  if (!isPlain(differs)) {
    const known = [String(raw['region']), ...Object.keys(regions)];
    const near = nearest(region, known);
    throw new RopewayError({
      code: 'UNKNOWN_REGION',
      message: `There are no prices of ${String(raw['title'])} in ${region}.`,
      expected: `one of ${known.join(', ')}`,
      fix: `${near === undefined ? '' : `did you mean ${near}? Or `}give its prices with --prices (docs/cost.md)`,
    });
  }
  return checked(merge({ ...raw, region }, differs), file);
}

function checked(raw: Raw, file: string): Offer {
  const parsed = offer.safeParse(raw);
  if (parsed.success) return parsed.data as Offer;
  throw badPrices(`${file} (offer ${String(raw['id'])})`, parsed.error);
}

function knownClouds(offers: Offer[], regions: Record<string, string>): void {
  const clouds = new Set(offers.map(({ cloud }) => cloud));
  for (const cloud of Object.keys(regions)) {
    if (clouds.has(cloud)) continue;
    throw new RopewayError({
      code: 'UNKNOWN_REGION',
      message: `There are no prices of a cloud ${cloud}.`,
      expected: `one of ${[...clouds].join(', ')}`,
      fix: 'write --region aws=eu-west-1',
    });
  }
}

function badPrices(file: string, error: z.ZodError): RopewayError {
  const [first] = error.issues;
  return new RopewayError({
    code: 'BAD_PRICES',
    message: `The prices in ${file} are not as they have to be.`,
    got: `${first?.path.join('.') ?? ''}: ${first?.message ?? 'unknown'}`,
    fix: 'see docs/cost.md, "Your own prices"',
  });
}
