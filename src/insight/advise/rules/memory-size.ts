import type { AppFacts } from '../facts.ts';
import { gbSeconds, sizeFor } from '../memory-sizes.ts';
import { routeGroups } from '../route-groups.ts';
import type { Rule } from '../rule.ts';
import { routeMemory } from './route-memory.ts';

/** MB at which a Lambda function has one whole processor; below it has a part (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
const WHOLE_PROCESSOR = 1769;
/** Sizes whose cost and time are told. */
const SHOWN = [128, 256, 512, 1024, 1769];

/** A memory size that is too small for what was measured, or much larger than that. */
export const memorySize: Rule = (facts) => {
  const groups = routeGroups(facts);
  if (facts.hasFunctions || groups.length === 0) return [];
  const peak = Math.max(...groups.map(({ peakMb }) => peakMb));
  const heaviest = groups.find(({ peakMb }) => peakMb === peak)!;
  const needed = sizeFor(peak, facts.target);
  const memory = facts.memory ?? facts.defaultMemory;
  const evidence = [
    { place: heaviest.route, text: `${Math.round(peak)} MB at most, in an instance of its own` },
    facts.memory === undefined
      ? { place: 'ropeway.yml', text: `says nothing of memory: instances get ${memory} MB` }
      : { place: 'ropeway.yml', text: `memory: ${memory}` },
  ];
  if (memory < peak) {
    return [
      {
        id: 'memory-too-small',
        severity: 'high',
        title: `${memory} MB are not enough for ${heaviest.route}`,
        evidence,
        effect: `An instance that needs more than its ${memory} MB is ended in the middle of its request.`,
        change: `Give it ${needed} MB: the highest that was measured, and 15 % room.`,
        yaml: `memory: ${needed}`,
        appliable: facts.memory === undefined,
      },
    ];
  }
  // With functions of their own each gets its size.
  if (memory < needed * 2 || routeMemory(facts).length > 0) return [];
  return [
    {
      id: 'memory-size',
      severity: facts.memory === undefined ? 'low' : 'medium',
      title: `${needed} MB would do where ${memory} MB are paid for`,
      evidence,
      effect: `${Math.round((1 - needed / memory) * 100)} % fewer GB-seconds where requests wait; where they compute, less memory also means less processor. ${costs(facts, needed)}`,
      change: `Set the memory to ${needed} MB, or more where the slower answers matter.`,
      yaml: `memory: ${needed}`,
      appliable: facts.memory === undefined,
    },
  ];
};

/** The median request at sizes to choose from: the processor grows with memory until it is a whole one. */
function costs({ profile }: AppFacts, needed: number): string {
  const routes = profile!.routes.filter(({ failed, warmMs }) => failed === undefined && warmMs > 0);
  if (routes.length === 0) return '';
  const slowest = routes.reduce((most, route) => (route.warmMs > most.warmMs ? route : most));
  const rows = [...new Set([needed, ...SHOWN.filter((size) => size > needed)])].slice(0, 4).map((size) => {
    const cpu = Math.min(slowest.cpuMs, slowest.warmMs);
    const ms = slowest.warmMs - cpu + cpu * Math.max(1, WHOLE_PROCESSOR / size);
    const cost = (gbSeconds(ms, size) * 1000).toPrecision(2);
    return `${size} MB: ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms, ${cost} GB-s per 1,000`;
  });
  return `${slowest.request} on Lambda, by its processor time here: ${rows.join('; ')}.`;
}
