import { z } from 'zod';

const about = {
  /** When the figure was true: `2026-09`, `2026-09-20`, `2026`. */
  asOf: z
    .string()
    .regex(/^\d{4}(-\d\d(-\d\d)?)?$/)
    .optional(),
  source: z.string().min(1).optional(),
  note: z.string().optional(),
};

const amount = z.number().min(0).max(1e15);

/** A price per unit that may fall with the amount: each tier up to a total of the month, the last without an end. */
const figure = z
  .strictObject({
    tiers: z.array(z.strictObject({ upTo: z.number().positive().optional(), price: amount })).min(1),
    ...about,
  })
  .refine(({ tiers }) => tiers.every(({ upTo }, index) => isTierInOrder(tiers, index, upTo)), {
    message: 'tiers: each needs an upTo that is above the one before it, the last none',
  });

const plan = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  /** For a month. */
  price: amount,
  /** What it has in it each month; more is paid by use. */
  requests: amount,
  gbSeconds: amount,
  egressGb: amount,
  /** Not chosen unless it is asked for: not everybody can have it. */
  onlyIfNamed: z.boolean().optional(),
  ...about,
});

const common = {
  id: z.string().regex(/^[a-z][a-z\d-]{0,39}$/),
  cloud: z.string().min(1),
  title: z.string().min(1),
  region: z.string().min(1),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  egressGb: figure,
  ...about,
};

/** Functions of a cloud, paid by use. */
export const functionOffer = z.strictObject({
  kind: z.literal('function'),
  ...common,
  /** Times are rounded up to multiples of it. */
  roundMs: z.number().positive(),
  billsInit: z.strictObject({ value: z.boolean(), ...about }),
  memory: z.strictObject({
    sizes: z.array(z.number().positive()).optional(),
    least: z.number().positive(),
    most: z.number().positive(),
    step: z.number().positive(),
  }),
  gbSecond: figure,
  millionRequests: figure,
  /** Each month. */
  free: z.strictObject({ requests: amount, gbSeconds: amount, egressGb: amount, ...about }),
  /** What requests come through, the usual one first. */
  fronts: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        title: z.string().min(1),
        millionRequests: figure,
        /** A larger request or answer counts as several. */
        stepKb: z.number().positive().optional(),
      }),
    )
    .min(1),
  /** Instances kept ready. `configured`: paid as long as they are there, at a price of its own while busy; `idle`: only while idle. */
  provisioned: z.strictObject({
    charge: z.enum(['configured', 'idle']),
    freeTier: z.boolean(),
    gbSecond: figure,
    busyGbSecond: figure.optional(),
  }),
  /** Temporary disk beyond what is free. */
  ephemeral: z.strictObject({ freeMb: amount, gbSecond: figure }).optional(),
  plans: z.array(plan).optional(),
  /** What differs there. */
  regions: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  regionsNote: z.string().optional(),
});

/** A rented machine. */
export const serverOffer = z.strictObject({
  kind: z.literal('server'),
  ...common,
  cores: z.number().positive(),
  memoryMb: z.number().positive(),
  rent: z
    .array(
      z.strictObject({ what: z.string().min(1), price: amount, per: z.enum(['hour', 'month']), ...about }),
    )
    .min(1),
  egressFreeGb: amount,
  regions: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

export const offer = z.discriminatedUnion('kind', [functionOffer, serverOffer]);

export type Figure = z.infer<typeof figure>;
export type Plan = z.infer<typeof plan>;
export type FunctionOffer = z.infer<typeof functionOffer> & Dated;
export type ServerOffer = z.infer<typeof serverOffer> & Dated;
export type Offer = FunctionOffer | ServerOffer;

/** What an offer of a file always has, from the file where it says nothing itself. */
interface Dated {
  asOf: string;
  source: string;
  currency: string;
}

function isTierInOrder(tiers: { upTo?: number | undefined }[], index: number, upTo?: number): boolean {
  if (index === tiers.length - 1) return upTo === undefined;
  return upTo !== undefined && upTo > (tiers[index - 1]?.upTo ?? 0);
}
