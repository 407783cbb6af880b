import type { ApiAnswer } from '../../server.ts';
import { toXml, type XmlValue } from '../../xml.ts';

/** What COS refuses, as its own error document says it. Codes: https://cloud.tencent.com/document/api/436/7730 */
export class CosError extends Error {
  override readonly name = 'CosError';
  readonly status: number;
  /** `NoSuchKey` */
  readonly code: string;
  /** More elements of the document: `{ServerTime: …}`. */
  readonly more: Record<string, XmlValue>;

  constructor(status: number, code: string, message: string, more: Record<string, XmlValue> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export interface FailedCall {
  requestId: string;
  method: string;
  /** Host and path: what was asked for. */
  resource: string;
}

/** An error as COS writes it; without a body where HTTP has none. */
export function errorAnswer(
  { status, code, message, more }: Pick<CosError, 'status' | 'code' | 'message' | 'more'>,
  { requestId, method, resource }: FailedCall,
): ApiAnswer {
  const body = toXml('Error', {
    Code: code,
    Message: message,
    ...more,
    Resource: resource,
    RequestId: requestId,
    TraceId: requestId,
  });
  const bare = method === 'HEAD' || status === 304;
  return { status, headers: bare ? {} : { 'Content-Type': 'application/xml' }, body: bare ? '' : body };
}

export const noSuchBucket = (): CosError =>
  new CosError(404, 'NoSuchBucket', 'The specified bucket does not exist.');

export const noSuchKey = (): CosError => new CosError(404, 'NoSuchKey', 'The specified key does not exist.');

export const noSuchUpload = (): CosError =>
  new CosError(
    404,
    'NoSuchUpload',
    'The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload might have been aborted or completed.',
  );

export const accessDenied = (message = 'Access Denied.'): CosError =>
  new CosError(403, 'AccessDenied', message);

export const malformedXml = (): CosError =>
  new CosError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  );

export const invalidArgument = (message: string): CosError => new CosError(400, 'InvalidArgument', message);
