import type { ApiAnswer, ApiCall } from '../../server.ts';
import { toXml, type XmlValue } from '../../xml.ts';
import { AwsError } from '../service.ts';

// Codes and messages: "Error responses" of the Amazon S3 API reference.

/** An error as S3 writes it; without a body where HTTP has none. */
export function failure(error: AwsError, { requestId, method, path }: ApiCall): ApiAnswer {
  const { status, code, message, more } = codeOfS3(error);
  const { Headers = {}, ...elements } = more as { Headers?: Record<string, string> };
  const headers = { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId, ...Headers };
  if (method === 'HEAD' || status === 304) return { status, headers, body: '' };
  const body = toXml('Error', {
    Code: code,
    Message: message,
    ...(elements as Record<string, XmlValue>),
    Resource: path,
    RequestId: requestId,
    HostId: requestId,
  });
  return { status, headers: { ...headers, 'content-type': 'application/xml' }, body };
}

/** What is the same in all services of AWS has names of its own here. */
function codeOfS3(error: AwsError): Pick<AwsError, 'status' | 'code' | 'message' | 'more'> {
  const { status, code, message, more } = error;
  if (code === 'ServiceException') return { status, code: 'InternalError', message, more };
  if (code === 'MissingAuthenticationTokenException') return accessDenied();
  if (code === 'IncompleteSignatureException')
    return { status, code: 'AuthorizationHeaderMalformed', message, more };
  return error;
}

export const noSuchBucket = (BucketName: string): AwsError =>
  new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName });

export const noSuchKey = (Key: string): AwsError =>
  new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key });

export const noSuchUpload = (UploadId: string): AwsError =>
  new AwsError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId },
  );

export const accessDenied = (message = 'Access Denied'): AwsError =>
  new AwsError(403, 'AccessDenied', message);

export const malformedXml = (): AwsError =>
  new AwsError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

export const invalidArgument = (message: string, ArgumentName = '', ArgumentValue = ''): AwsError =>
  new AwsError(400, 'InvalidArgument', message, { ArgumentName, ArgumentValue });

export const invalidRequest = (message: string): AwsError => new AwsError(400, 'InvalidRequest', message);

export const notImplemented = (what: string): AwsError =>
  new AwsError(501, 'NotImplemented', `${what} implies functionality that is not emulated.`);

export const preconditionFailed = (Condition: string): AwsError =>
  new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition,
  });
