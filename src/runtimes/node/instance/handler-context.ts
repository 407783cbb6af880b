import type { JsonObject } from '../../../events/types.ts';

/**
 * The second argument of a handler under the names of both clouds (AWS Lambda Developer Guide, "Using the Lambda context object … Node.js";
 * SCF's are as the platform gives them).
 */
export function handlerContext(context: JsonObject): Record<string, unknown> {
  const name = String(context['function_name']);
  return {
    ...context,
    requestId: context['request_id'],
    awsRequestId: context['request_id'],
    functionName: name,
    functionVersion: context['function_version'],
    invokedFunctionArn:
      context['invoked_function_arn'] ?? `arn:aws:lambda:local:123456789012:function:${name}`,
    memoryLimitInMB: `${Number(context['memory_limit_in_mb'])}`,
    logGroupName: context['log_group_name'] ?? `/aws/lambda/${name}`,
    logStreamName: context['log_stream_name'] ?? 'local',
    clientContext: context['client_context'],
    identity: context['identity'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Number(context['deadline_ms']) - Date.now()),
  };
}
