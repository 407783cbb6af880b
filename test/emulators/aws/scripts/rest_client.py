"""What boto3 makes of the services around the emulated Lambda. Prints what it saw as JSON."""

import json
import os
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

seen = {}
s3 = boto3.client("s3")
s3.create_bucket(Bucket="from-boto3")
keys = ["a b+c/ü&=.txt", "a b+c/2", "x?y#z", "%41"]
for key in keys:
    s3.put_object(Bucket="from-boto3", Key=key, Body=key.encode())
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="from-boto3", PaginationConfig={"PageSize": 1})
seen["keys"] = sorted(item["Key"] for page in pages for item in page["Contents"]) == sorted(keys)
seen["bodies"] = [s3.get_object(Bucket="from-boto3", Key=key)["Body"].read().decode() for key in keys] == keys

with open("large.bin", "wb") as file:
    file.write(os.urandom(11 * 1024 * 1024))
s3.upload_file("large.bin", "from-boto3", "large", Config=TransferConfig(multipart_threshold=5 * 1024 * 1024))
s3.download_file("from-boto3", "large", "back.bin")
with open("large.bin", "rb") as sent, open("back.bin", "rb") as back:
    seen["large"] = sent.read() == back.read()
seen["parts"] = s3.head_object(Bucket="from-boto3", Key="large")["ETag"].endswith('-2"')

seen["signed"] = []
for version in ["s3", "s3v4"]:
    client = boto3.client("s3", config=Config(signature_version=version))
    at = {"Bucket": "from-boto3", "Key": "signed +ü"}
    signed = client.generate_presigned_url("put_object", Params={**at, "ContentType": "text/x-own"})
    headers = {"content-type": "text/x-own"}
    urllib.request.urlopen(urllib.request.Request(signed, version.encode(), headers, method="PUT")).read()
    signed = client.generate_presigned_url("get_object", Params={**at, "ResponseContentType": "text/x-other"})
    with urllib.request.urlopen(signed) as answer:
        seen["signed"].append([answer.read().decode(), answer.headers["content-type"]])
    try:
        urllib.request.urlopen(signed.replace("signed", "large"))
    except urllib.error.HTTPError as error:
        seen["signed"].append(error.code)
    late = client.generate_presigned_url("get_object", Params=at, ExpiresIn=-400)
    try:
        urllib.request.urlopen(late)
    except urllib.error.HTTPError as error:
        seen["signed"].append(error.code)

virtual = boto3.client("s3", config=Config(s3={"addressing_style": "path"}), region_name="eu-west-1")
virtual.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
seen["redirected"] = s3.list_objects_v2(Bucket="far")["KeyCount"]

s3.put_bucket_tagging(Bucket="from-boto3", Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})
gateway = boto3.client("apigatewayv2")
api = gateway.create_api(Name="tagged", ProtocolType="HTTP", Tags={"team": "web", "other": "x"})
gateway.create_api(Name="not", ProtocolType="HTTP")
tagging = boto3.client("resourcegroupstaggingapi")
found = tagging.get_resources(TagFilters=[{"Key": "team", "Values": ["web"]}])["ResourceTagMappingList"]
seen["tagged"] = [one["ResourceARN"].replace(api["ApiId"], "ID") for one in found]
found = tagging.get_resources(ResourceTypeFilters=["s3"])["ResourceTagMappingList"]
seen["buckets"] = found

iam = boto3.client("iam")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
iam.create_role(RoleName="boto3", AssumeRolePolicyDocument=json.dumps(trust))
seen["trust"] = iam.get_role(RoleName="boto3")["Role"]["AssumeRolePolicyDocument"] == trust
iam.get_waiter("role_exists").wait(RoleName="boto3")
role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/boto3", RoleSessionName="me")
session = boto3.Session(
    aws_access_key_id=role["Credentials"]["AccessKeyId"],
    aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
    aws_session_token=role["Credentials"]["SessionToken"],
)
seen["caller"] = session.client("sts").get_caller_identity()["Arn"]
try:
    boto3.client("logs").filter_log_events(logGroupName="/none")
except ClientError as error:
    seen["missing"] = error.response["Error"]["Code"]

for key in [*keys, "large", "signed +ü"]:
    s3.delete_object(Bucket="from-boto3", Key=key)
s3.delete_bucket(Bucket="from-boto3")
virtual.delete_bucket(Bucket="far")
seen["left"] = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
print(json.dumps(seen))
