import { size } from '../shown.ts';
import { evidenceOf } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** A few small files are no reason to change anything. */
const LEAST_BYTES = 100 * 1024;
const LEAST_FILES = 10;

/** Files that never change and yet cost a call each. */
export const staticFiles: Rule = ({ staticFolders }) =>
  staticFolders
    .filter(({ files, bytes }) => bytes >= LEAST_BYTES || files >= LEAST_FILES)
    .map(({ folder, files, bytes, trait }) => ({
      id: 'static-files',
      severity: bytes >= 10 * LEAST_BYTES ? ('medium' as const) : ('low' as const),
      title: `${folder} is served through the function`,
      evidence: [
        evidenceOf(trait),
        { place: folder, text: `${files} ${files === 1 ? 'file' : 'files'}, ${size(bytes)}` },
      ],
      effect: `Each file of a page is a call that is billed, and may be a cold start; a page that shows all of them is ${files} ${files === 1 ? 'call' : 'calls'}. The files also make the package larger.`,
      change: `Keep them in object storage: a component of the kind \`static\` uploads ${folder} and gives it an address (docs/components.md).`,
      yaml: [`assets:`, `  component: static`, `  inputs: { src: ./${folder} }`].join('\n'),
      appliable: false,
    }));
