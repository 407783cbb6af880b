import type { Rule } from '../rule.ts';
import { size } from '../shown.ts';

const MEGABYTE = 1024 * 1024;
/** Unpacked, package and layers together. */
const LIMITS = { aws: 250 * MEGABYTE, tencent: 500 * MEGABYTE };
/** From here on it is worth knowing. */
const NEAR = 0.8;

/** Packages that a cloud does not take. */
export const packageSize: Rule = ({ packages, target, app }) => {
  if (packages === undefined) return [];
  const limit = target === 'tencent' ? LIMITS.tencent : LIMITS.aws;
  if (packages.bytes < limit * NEAR) return [];
  const isOver = packages.bytes > limit;
  return [
    {
      id: 'package-size',
      severity: isOver ? 'high' : 'medium',
      title: `${size(packages.bytes)} of packages, where a function may have ${size(limit)}`,
      evidence: packages.largest.slice(0, 5).map(({ name, bytes }) => ({ place: name, text: size(bytes) })),
      effect: `${isOver ? 'The deployment is refused' : 'Little is left'}: ${size(LIMITS.aws)} unpacked on Lambda, ${size(LIMITS.tencent)} on SCF, layers included. What is loaded of it costs every cold start.`,
      change:
        app.runtime === 'node'
          ? 'Pack only what is imported: `ropeway build --node traced --size` shows what is left; move what is for development to devDependencies.'
          : 'Drop what is not imported (`ropeway build --size` shows what takes how much), or deploy heavy routes as an app of their own with their packages.',
      appliable: false,
    },
  ];
};
