import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cloudsPython } from '../../support/python.ts';
import { run } from '../../support/run.ts';
import { zipOf } from '../../support/zip.ts';
import { KEYS, REGION, startTestEmulator, type TestEmulator } from './start.ts';

let emulator: TestEmulator;
let python: string;
let home: string;
let zipFile: string;

beforeAll(async () => {
  python = await cloudsPython();
  emulator = await startTestEmulator();
  home = mkdtempSync(join(tmpdir(), 'ropeway-tccli-'));
  const code = 'def main_handler(event, context):\n    print("tail me")\n    return {"got": event}\n';
  zipFile = join(home, 'code.zip');
  writeFileSync(zipFile, await zipOf({ 'index.py': code }));
}, 600_000);
afterAll(async () => {
  await emulator.close();
  rmSync(home, { recursive: true, force: true });
});

/** From the first call to the last: what it prints is JSON. */
const PYTHON = `
import base64, json, sys, time, urllib.request
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.scf.v20180416 import models, scf_client

endpoint, sid, key, region, zip_file, method, verb = sys.argv[1:]
http = HttpProfile(protocol="http", endpoint=endpoint, reqMethod=verb)
client = scf_client.ScfClient(credential.Credential(sid, key), region, ClientProfile(signMethod=method, httpProfile=http))

def ask(action, **parameters):
    request = getattr(models, action + "Request")()
    request.from_json_string(json.dumps(parameters))
    return json.loads(getattr(client, action)(request).to_json_string())

def wait(qualifier="$LATEST"):
    while True:
        status = ask("GetFunction", FunctionName=name, Qualifier=qualifier)["Status"]
        if status not in ("Creating", "Updating", "Publishing"):
            return status
        time.sleep(0.02)

name = "py-" + method.lower()[:7] + verb.lower()
code = base64.b64encode(open(zip_file, "rb").read()).decode()
told = {}
ask("CreateFunction", FunctionName=name, Code={"ZipFile": code}, Handler="index.main_handler", Runtime="Python3.9",
    Environment={"Variables": [{"Key": "with_under", "Value": "a b&c"}]})
told["status"] = wait()
told["environment"] = ask("GetFunction", FunctionName=name)["Environment"]
told["result"] = ask("Invoke", FunctionName=name, ClientContext='{"n": 1}', LogType="Tail")["Result"]
told["version"] = ask("PublishVersion", FunctionName=name)["FunctionVersion"]
wait("1")
ask("CreateAlias", FunctionName=name, Name="live", FunctionVersion="$LATEST",
    RoutingConfig={"AdditionalVersionWeights": [{"Version": "1", "Weight": 0.5}]})
told["alias"] = ask("GetAlias", FunctionName=name, Name="live")["RoutingConfig"]
desc = ask("CreateTrigger", FunctionName=name, TriggerName="url", Type="http", TriggerDesc='{"AuthType":"NONE"}')["TriggerInfo"]["TriggerDesc"]
told["url"] = json.loads(urllib.request.urlopen(json.loads(desc)["NetConfig"]["ExtranetUrl"] + "/p").read())["got"]["path"]
layer = ask("PublishLayerVersion", LayerName="lib-" + name, CompatibleRuntimes=["Python3.9"], Content={"ZipFile": code})["LayerVersion"]
ask("DeleteLayerVersion", LayerName="lib-" + name, LayerVersion=layer)
try:
    ask("GetFunction", FunctionName="none")
except TencentCloudSDKException as error:
    told["error"] = error.get_code()
ask("DeleteFunction", FunctionName=name)
told["left"] = ask("ListFunctions")["TotalCount"]
print(json.dumps(told))
`;

describe('the Python SDK', () => {
  it.each([
    ['TC3-HMAC-SHA256', 'POST'],
    ['TC3-HMAC-SHA256', 'GET'],
    ['HmacSHA1', 'POST'],
    ['HmacSHA256', 'GET'],
  ])('deploys, calls and removes a function with %s and %s', async (method, verb) => {
    const endpoint = emulator.url.replace('http://', '');
    const printed = await run(python, [
      '-c',
      PYTHON,
      endpoint,
      KEYS.id,
      KEYS.secret,
      REGION,
      zipFile,
      method,
      verb,
    ]);
    expect(JSON.parse(printed)).toMatchObject({
      status: 'Active',
      environment: { Variables: [{ Key: 'with_under', Value: 'a b&c' }] },
      result: { RetMsg: '{"got":{"n":1}}', InvokeResult: 0, Log: expect.stringContaining('tail me') },
      version: '1',
      alias: { AdditionalVersionWeights: [{ Version: '1', Weight: 0.5 }] },
      url: '/p',
      error: 'ResourceNotFound.Function',
      left: 0,
    });
  });
});

describe('tccli', () => {
  const tccli = async (...words: string[]): Promise<Record<string, unknown>> => {
    const printed = await run(
      join(python, '..', 'tccli'),
      ['scf', ...words, '--endpoint', emulator.url, '--region', REGION, '--output', 'json'],
      { env: { ...process.env, ...emulator.env, HOME: home } },
    );
    return JSON.parse(printed) as Record<string, unknown>;
  };

  it('finds its keys in the environment, and the emulator by --endpoint', async () => {
    mkdirSync(join(home, '.tccli'), { recursive: true });
    const { readFileSync } = await import('node:fs');
    const ZipFile = readFileSync(zipFile).toString('base64');
    const FunctionName = ['--FunctionName', 'by-hand'];
    await tccli(
      'CreateFunction',
      ...FunctionName,
      '--Code',
      JSON.stringify({ ZipFile }),
      '--Handler',
      'index.main_handler',
      '--Runtime',
      'Python3.9',
    );
    const waiter = "{'expr':'Status','to':'Active','timeout':60,'interval':1}";
    const shown = await run(
      join(python, '..', 'tccli'),
      [
        'scf',
        'GetFunction',
        ...FunctionName,
        '--endpoint',
        emulator.url,
        '--region',
        REGION,
        '--waiter',
        waiter,
      ],
      { env: { ...process.env, ...emulator.env, HOME: home } },
    );
    expect(shown).toContain('"Status": "Active"');
    const { Result } = await tccli('Invoke', ...FunctionName, '--ClientContext', '{"by":"hand"}');
    expect(Result).toMatchObject({ RetMsg: '{"got":{"by":"hand"}}' });
    expect(await tccli('PublishVersion', ...FunctionName)).toMatchObject({ FunctionVersion: '1' });
    expect(await tccli('ListAliases', ...FunctionName)).toMatchObject({ TotalCount: 1 });
    await expect(tccli('GetFunction', '--FunctionName', 'none')).rejects.toThrow('ResourceNotFound.Function');
    await tccli('DeleteFunction', ...FunctionName);
    expect(await tccli('ListFunctions')).toMatchObject({ TotalCount: 0 });
  }, 120_000);
});
