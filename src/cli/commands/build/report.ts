import { relative } from 'node:path';

import { megabytes } from '../../../packaging/limits.ts';
import type { Part, SizeReport } from '../../../packaging/sizes.ts';
import type { Package, PackedZip } from '../../../packaging/types.ts';
import type { Booted } from '../../apps/boot-check.ts';
import { colors } from '../../colors.ts';
import { printEvent, say } from '../../print-lines.ts';

export interface Sizes {
  code: SizeReport;
  layer?: SizeReport;
}

/** What `ropeway build` says of a package, for people or as JSON lines. */
export interface Report {
  built(packed: Package, target: string): void;
  sizes(sizes: Sizes): void;
  booted(booted: Booted): void;
}

export function createReport(json: boolean): Report {
  return json ? jsonReport() : textReport();
}

const SHOWN = 12;

function textReport(): Report {
  return {
    built: (packed, target) => {
      say(`${colors.green('✓')} packed for ${target}`);
      if (packed.cloud !== undefined) {
        const { type, runtime, handler, arch } = packed.cloud;
        say(`  ${type} function, runtime ${runtime}, handler ${handler}, ${arch}`);
      }
      say(zipLines('code', packed.code));
      if (packed.layer !== undefined) say(zipLines('layer', packed.layer));
    },
    sizes: ({ code, layer }) => {
      say(table('code', code.parts));
      const packages = [...code.dependencies, ...(layer?.dependencies ?? [])];
      if (packages.length > 0) say(table('packages', packages));
    },
    booted: ({ initMs, status }) => {
      const answer = status === undefined ? '' : `, GET / answers ${status}`;
      say(`${colors.green('✓')} it starts: loaded in ${Math.round(initMs)} ms${answer}`);
    },
  };
}

function jsonReport(): Report {
  return {
    built: (packed, target) => printEvent('built', { target, package: packed }),
    sizes: (sizes) => printEvent('sizes', sizes),
    booted: (booted) => printEvent('booted', booted),
  };
}

function zipLines(name: string, { file, bytes, unpackedBytes, digest }: PackedZip): string {
  const shown = relative(process.cwd(), file);
  const path = shown.startsWith('..') ? file : shown;
  const sizes = `${size(bytes)}, ${size(unpackedBytes)} unpacked`;
  return `  ${name.padEnd(5)}  ${path}\n         ${colors.dim(`${sizes}, sha256 ${digest}`)}`;
}

/** Largest first; the rest in one line. */
function table(title: string, parts: Part[]): string {
  const rest = parts.slice(SHOWN);
  const lines = parts.slice(0, SHOWN).map(line);
  if (rest.length > 0) {
    const sum = (key: 'packed' | 'unpacked'): number => rest.reduce((total, part) => total + part[key], 0);
    lines.push(line({ name: `${rest.length} more`, packed: sum('packed'), unpacked: sum('unpacked') }));
  }
  const head = colors.dim(`  ${title.padEnd(30)} ${'packed'.padStart(10)} ${'unpacked'.padStart(10)}`);
  return [head, ...lines].join('\n');
}

function line({ name, packed, unpacked }: Part): string {
  return `  ${name.padEnd(30)} ${size(packed).padStart(10)} ${size(unpacked).padStart(10)}`;
}

/** `812 B`, `3.1 KB`, `12.5 MB` */
function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : megabytes(bytes);
}
