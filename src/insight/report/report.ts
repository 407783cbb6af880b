import type { AdviceResult, BenchResult, ProfileResult } from '../types.ts';
import { adviceSections } from './advice/sections.ts';
import { benchSections } from './bench/sections.ts';
import { appLine, moment } from './circumstances.ts';
import { type Html, joined, type Part } from './html.ts';
import { page, type Section } from './page.ts';
import { profileSections } from './profile/sections.ts';

export interface ReportOptions {
  bench?: BenchResult;
  profile?: ProfileResult;
  advice?: AdviceResult;
  /** Sections of others (cost, simulation), after those of the results and before circumstances. */
  sections?: Section[];
  /** What stands above them all, beside the summaries of the results. */
  summary?: Part;
  /** Of the file; from what is in it by default. */
  title?: string;
}

/** Whatever was measured of an app, as one HTML page of one file. */
export function report({
  bench,
  profile,
  advice,
  sections: extra = [],
  summary,
  title,
}: ReportOptions): string {
  const told = new Set<string>();
  const parts = [
    bench && { ...benchSections(bench), from: bench },
    advice && { ...adviceSections(advice), from: advice },
    profile && { ...profileSections(profile), from: profile },
  ].filter((part) => part !== undefined);
  const sections = merged(
    parts.flatMap(({ sections, from }) => {
      // Results of one run share their circumstances, which stand there once.
      const circumstances = JSON.stringify(from.circumstances);
      const isTold = told.has(circumstances);
      told.add(circumstances);
      return isTold ? sections.filter(({ id }) => id !== 'circumstances') : sections;
    }),
  );
  const isLast = ({ id }: Section) => id === 'circumstances' || id === 'notes';
  const all = [...sections.filter((section) => !isLast(section)), ...extra, ...sections.filter(isLast)];
  const about = bench ?? profile ?? advice;
  return page({
    title: title ?? titleOf({ bench, profile, advice }),
    ...(about && {
      subtitle: [appLine(about.app), moment(about.circumstances.time)]
        .filter((text) => text !== '')
        .join(' · '),
    }),
    summary: joined([...parts.map((part): Html => part.summary), summary]),
    sections: all,
    ...(about && {
      footer: `Made by Ropeway ${about.circumstances.ropeway}. One file, no script: it can be kept, sent and printed.`,
    }),
  });
}

function titleOf({ bench, profile, advice }: ReportOptions): string {
  if (bench !== undefined) return `${bench.app.name}: server or function?`;
  if (advice !== undefined) return `${advice.app.name}: what to change`;
  return profile === undefined ? 'Report' : `${profile.app.name}: what it is made of`;
}

/** Sections of several results with the same id (circumstances, notes) become one. */
function merged(sections: Section[]): Section[] {
  const byId = new Map<string, Section>();
  for (const section of sections) {
    const before = byId.get(section.id);
    if (before === undefined) byId.set(section.id, section);
    else byId.set(section.id, { ...before, body: [before.body, section.body] });
  }
  return [...byId.values()];
}
