import { z } from 'zod';

import type { CloudSettings } from '../../../providers/types.ts';
import { text } from '../old/words.ts';

/** What a function wants of a cloud; on a machine of one's own it has no meaning. */
export interface CloudWish extends CloudSettings {
  /** Absent: what suits the framework and the cloud. */
  type?: 'event' | 'web';
  /** As the user wrote it: `Python3.6`, `python3.12`, `nodejs20.x`. */
  runtime?: string;
  arch?: 'x64' | 'arm64';
  /** Program of a custom runtime: `/opt/bin/python3.12`. */
  interpreter?: string;
}

const ids = z.union([text.transform((one) => [one]), z.array(text)]);

/** Inputs of components of apps that only a cloud reads. */
export const cloudShape = {
  type: z.enum(['event', 'web']).optional(),
  runtime: text.optional(),
  interpreter: z.string().startsWith('/', { error: 'expected an absolute path in the cloud' }).optional(),
  arch: z.enum(['x64', 'arm64']).optional(),
  role: text.optional(),
  vpc: z
    .strictObject({
      id: text.optional(),
      subnets: ids.default([]),
      securityGroups: ids.default([]),
    })
    .optional(),
  tags: z.record(text, z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  description: text.optional(),
  logs: z.strictObject({ logset: text, topic: text }).optional(),
  reserved: z.int().min(1).max(10_000).optional(),
  snapStart: z.boolean().optional(),
  auth: z.enum(['none', 'iam']).optional(),
  domains: z
    .array(
      z.union([
        text.transform((name) => ({ name })),
        z.strictObject({ name: text, certificate: text.optional() }),
      ]),
    )
    .optional(),
  namespace: text.optional(),
};

type CloudInputs = z.infer<z.ZodObject<typeof cloudShape>>;

export function cloudWish(inputs: CloudInputs): CloudWish {
  return Object.fromEntries(
    Object.keys(cloudShape)
      .map((key) => [key, inputs[key as keyof CloudInputs]] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/** `vpcId` and `subnetId` of the old components; empty ones are none. */
export function oldVpc(
  vpc: { vpcId?: string | null | undefined; subnetId?: string | null | undefined } | undefined,
): Pick<CloudWish, 'vpc'> {
  const id = vpc?.vpcId ?? '';
  const subnet = vpc?.subnetId ?? '';
  return id === '' || subnet === '' ? {} : { vpc: { id, subnets: [subnet], securityGroups: [] } };
}

/** `{team: shop}`, or `[{key: team, value: shop}]`, as files of different years have them. */
export function oldTags(tags: unknown): Pick<CloudWish, 'tags'> {
  const pairs = Array.isArray(tags)
    ? tags.map((tag: { key?: unknown; value?: unknown } | null) => [String(tag?.key ?? ''), tag?.value])
    : typeof tags === 'object' && tags !== null
      ? Object.entries(tags)
      : [];
  const named = pairs.filter(([key]) => key !== '').map(([key, value]) => [key, String(value ?? '')]);
  return named.length === 0 ? {} : { tags: Object.fromEntries(named) as Record<string, string> };
}

/** A list of regions, each once. */
export const regions = z
  .union([text.transform((one) => [one]), z.array(text), z.null()], {
    error: 'expected a region, or a list of regions',
  })
  .transform((list) => [...new Set(list)]);
