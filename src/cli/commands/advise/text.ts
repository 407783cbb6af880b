import type { AdviceResult, Finding } from '../../../insight/types.ts';
import { colors } from '../../colors.ts';
import { terminalText } from '../../terminal-text.ts';

/** Columns that lines are wrapped at. */
const WIDTH = 100;
const SHOWN_EVIDENCE = 6;

/** Advice for people. */
export function adviceAsText({ app, findings, notes }: AdviceResult, applies: boolean): string {
  const title = colors.bold([app.name, app.framework].filter(Boolean).join(', '));
  const sum =
    findings.length === 0
      ? `${colors.green('✓')} nothing to change`
      : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}: ${counts(findings)}`;
  const canApply = findings.some(({ appliable }) => appliable) && !applies;
  const parts = [
    `${title}\n${sum}`,
    ...findings.map(shown),
    ...(notes.length === 0
      ? []
      : [notes.map((note) => `${colors.yellow('!')} ${terminalText(note, false)}`).join('\n')]),
    ...(canApply ? [colors.dim('`ropeway advise --apply` writes the lines for ropeway.yml there.')] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function counts(findings: Finding[]): string {
  return (['high', 'medium', 'low'] as const)
    .map((severity) => [findings.filter((one) => one.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}`)
    .join(', ');
}

function shown(finding: Finding): string {
  const { id, severity, title, evidence, effect, change, yaml } = finding;
  const places = evidence.slice(0, SHOWN_EVIDENCE).map((one) => `${one.place}  ${one.text}`);
  if (evidence.length > SHOWN_EVIDENCE) places.push(`${evidence.length - SHOWN_EVIDENCE} more`);
  return [
    `${mark(severity)} ${colors.bold(terminalText(title, false))}  ${colors.dim(id)}`,
    ...places.map((place) => colors.dim(`    ${cut(terminalText(place, false), WIDTH - 4)}`)),
    paragraph('effect', effect),
    paragraph('change', change),
    ...(yaml === undefined ? [] : [yaml.replaceAll(/^/gm, '            ')]),
  ].join('\n');
}

function mark(severity: Finding['severity']): string {
  if (severity === 'high') return colors.red('high  ');
  return severity === 'medium' ? colors.yellow('medium') : colors.cyan('low   ');
}

function paragraph(name: string, text: string): string {
  const lines = wrapped(terminalText(text, false), WIDTH - 12);
  return lines.map((line, index) => `    ${(index === 0 ? name : '').padEnd(8)}${line}`).join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
