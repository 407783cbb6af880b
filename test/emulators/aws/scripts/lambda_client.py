"""What a user of boto3 does with a function, from its zip to its removal. Prints what it saw as JSON."""

import base64
import io
import json
import sys
import urllib.request
import zipfile

import boto3

SOURCE = """
def handler(event, context):
    print("printed by", context.function_name)
    if "rawPath" in event:
        return {"statusCode": 200, "body": "path " + event["rawPath"]}
    return {"hello": event["name"], "version": context.function_version}
"""


def zipped(source):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", source)
    return content.getvalue()


def main():
    client = boto3.client("lambda")
    seen = {}
    client.create_function(
        FunctionName="from-boto3",
        Runtime="python3.12",
        Handler="app.handler",
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": zipped(SOURCE)},
        Publish=True,
    )
    client.get_waiter("function_active_v2").wait(FunctionName="from-boto3", WaiterConfig={"Delay": 1})
    client.create_alias(FunctionName="from-boto3", Name="live", FunctionVersion="1")
    answer = client.invoke(
        FunctionName="from-boto3", Qualifier="live", LogType="Tail", Payload=json.dumps({"name": "Ada"})
    )
    seen["invoke"] = json.loads(answer["Payload"].read())
    seen["log"] = base64.b64decode(answer["LogResult"]).decode()
    url = client.create_function_url_config(FunctionName="from-boto3", Qualifier="live", AuthType="NONE")
    for sid, action, more in (
        ("url", "lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("invoke", "lambda:InvokeFunction", {}),
    ):
        client.add_permission(
            FunctionName="from-boto3", Qualifier="live", StatementId=sid, Action=action, Principal="*", **more
        )
    with urllib.request.urlopen(url["FunctionUrl"] + "a/b") as response:
        seen["url"] = response.read().decode()
    client.update_function_code(FunctionName="from-boto3", ZipFile=zipped(SOURCE.replace("hello", "bye")), Publish=True)
    client.get_waiter("function_updated_v2").wait(FunctionName="from-boto3", WaiterConfig={"Delay": 1})
    client.update_alias(FunctionName="from-boto3", Name="live", FunctionVersion="2")
    answer = client.invoke(FunctionName="from-boto3", Qualifier="live", Payload=json.dumps({"name": "Ada"}))
    seen["updated"] = json.loads(answer["Payload"].read())
    seen["versions"] = [one["Version"] for one in client.list_versions_by_function(FunctionName="from-boto3")["Versions"]]
    try:
        client.get_function(FunctionName="nothing")
    except client.exceptions.ResourceNotFoundException as error:
        seen["missing"] = error.response["Error"]["Code"]
    client.delete_function(FunctionName="from-boto3")
    seen["left"] = [one["FunctionName"] for one in client.list_functions()["Functions"]]
    json.dump(seen, sys.stdout)


main()
