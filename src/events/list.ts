import { alibabaFc } from './alibaba-fc/index.ts';
import { awsAlb } from './aws-alb/index.ts';
import { awsLattice } from './aws-lattice/index.ts';
import { awsV1 } from './aws-v1/index.ts';
import { awsV2 } from './aws-v2/index.ts';
import { tencentApigw } from './tencent-apigw/index.ts';
import { tencentUrl } from './tencent-url/index.ts';
import { EventError, type EventFormat, type JsonValue } from './types.ts';
import { isObject } from './json.ts';

/** Every event format. A new one is one folder and one line here. The first that detects an event has it. */
export const eventFormats: readonly EventFormat[] = [
  tencentApigw,
  tencentUrl,
  awsV1,
  awsV2,
  awsAlb,
  awsLattice,
  alibabaFc,
];

/** The format of an event, or undefined for one that is no HTTP event of a known gateway. Never throws. */
export function detectFormat(event: JsonValue | undefined): EventFormat | undefined {
  return isObject(event) ? eventFormats.find((format) => format.detect(event)) : undefined;
}

/** Throws `EventError` naming the known formats. */
export function formatByName(name: string): EventFormat {
  const format = eventFormats.find((known) => known.name === name);
  if (format !== undefined) return format;
  const known = eventFormats.map((each) => each.name).join(', ');
  throw new EventError(`unknown event format ${JSON.stringify(name)}; known: ${known}`);
}
