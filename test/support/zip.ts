import { ZipFile } from 'yazl';

/** A zip of these files: content by path; `mode` for all of them. */
export async function zipOf(files: Record<string, string | Buffer>, mode = 0o644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path, { mode });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
