import { parseBlock, type Block, type BlockResult } from './parse-block.ts';
import type { ParsedFile, ParsedRequest } from './types.ts';

/**
 * Reads the .http format that the VS Code REST Client and the JetBrains HTTP Client share: requests
 * parted by `###`, `@name = value` variables, `# @name`, queries over several lines, `< ./file` bodies.
 * Scripts are read over, with a note. Line ends may be `\n` or `\r\n`.
 * @throws RopewayError `REQUEST_FILE_SYNTAX` with `file:line:column`
 */
export function parseRequestFile(text: string, fileName = 'requests.http'): ParsedFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const blocks = splitBlocks(lines).map((block) => parseBlock(block, fileName));
  return {
    fileName,
    lines,
    variables: blocks.flatMap((block) => block.variables),
    cookieJar: blocks.some((block) => block.cookieJar),
    requests: blocks.map((block) => block.request).filter(isPresent),
    notes: blocks.flatMap((block) => block.notes),
  };
}

function splitBlocks(lines: string[]): Block[] {
  const blocks: Block[] = [{ start: 0, title: '', lines: [] }];
  for (const [index, line] of lines.entries()) {
    const separator = /^#{3,}(.*)$/s.exec(line);
    if (separator !== null) blocks.push({ start: index, title: (separator[1] ?? '').trim(), lines: [line] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks;
}

function isPresent(request: BlockResult['request']): request is ParsedRequest {
  return request !== undefined;
}
