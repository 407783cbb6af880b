import type { Finding } from '../types.ts';
import type { AppFacts } from './facts.ts';

/** Looks at an app in one respect. Pure; no finding where nothing is to be done, or nothing can be told. */
export type Rule = (facts: AppFacts) => Finding[];
