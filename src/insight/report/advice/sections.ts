import type { AdviceResult, Finding } from '../../types.ts';
import { circumstancesSection, notesSection } from '../circumstances.ts';
import { type Html, html } from '../html.ts';
import { counted } from '../numbers.ts';
import type { Section } from '../page.ts';

const SEVERITIES = ['high', 'medium', 'low'] as const;

export function adviceSections({ findings, notes, circumstances }: AdviceResult): {
  summary: Html;
  sections: Section[];
} {
  const sorted = SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
  return {
    summary: html`<div class="summary"><p class="verdict">${verdict(findings)}</p>${
      sorted.length > 0 &&
      html`<ol>${sorted.map(({ title, severity }) => html`<li>${title} <span class="badge ${severity}">${severity}</span></li>`)}</ol>`
    }</div>
`,
    sections: [
      sorted.length === 0
        ? undefined
        : {
            id: 'findings',
            title: 'Findings',
            lead: 'Each with what was seen, what it does, and the change to make.',
            body: sorted.map(findingOf),
          },
      circumstancesSection({ circumstances }),
      notesSection(notes),
    ].filter((section) => section !== undefined),
  };
}

function verdict(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing was found that stands in the way of functions.';
  const high = findings.filter(({ severity }) => severity === 'high').length;
  const all = counted(findings.length, 'finding');
  return high === 0
    ? `${all}, none of them in the way.`
    : `${all}, ${high} to mend before it is carried over.`;
}

function findingOf({ severity, title, evidence, effect, change, yaml, appliable }: Finding): Html {
  return html`<article class="finding"><span class="badge ${severity}">${severity}</span><h3>${title}</h3>
<dl><dt>Seen</dt><dd>${evidence.map(({ place, text }) => html`<div><code>${place}</code> ${text}</div>`)}</dd><dt>Effect</dt><dd>${effect}</dd><dt>Change</dt><dd>${change}</dd></dl>${
    yaml !== undefined && html`<pre><code>${yaml}</code></pre>`
  }${appliable && html`<p class="small"><code>ropeway advise --apply</code> writes it.</p>`}</article>
`;
}
