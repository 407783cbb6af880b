"""What a user of boto3 does with a bucket, from its making to its removal. Prints what it saw as JSON."""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "from-boto3"
PART = 5 * 1024 * 1024
KEY = "a b/ü+%2F&<>'\".txt"


def code(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def fetch(url, data=None, headers=None):
    request = urllib.request.Request(url, data=data, headers=headers or {}, method="PUT" if data else "GET")
    try:
        with urllib.request.urlopen(request) as response:
            return [response.status, response.read().decode()]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode().split("<Code>")[-1].split("</Code>")[0]]


def presigned(style):
    """GET and PUT by an address, with one of botocore's ways to sign it; None: its own choice."""
    config = Config(signature_version=style) if style else Config()
    client = boto3.client("s3", config=config)
    at = {"Bucket": BUCKET, "Key": KEY}
    put = client.generate_presigned_url("put_object", Params={**at, "ContentType": "text/x"}, ExpiresIn=60)
    get = client.generate_presigned_url("get_object", Params={**at, "ResponseContentType": "text/y"})
    late = client.generate_presigned_url("get_object", Params=at, ExpiresIn=-5)
    text = f"by {style}"
    return {
        "put": fetch(put, text.encode(), {"Content-Type": "text/x"})[0],
        "get": fetch(get),
        "changed": fetch(get.replace("text%2Fy", "text%2Fz"))[1],
        "other key": fetch(get.replace("%2525", "x").replace("%252F", "y"))[0],
        "other type": fetch(put, text.encode(), {"Content-Type": "text/other"})[1],
        "late": fetch(late)[0],
        "v2": "AWSAccessKeyId=" in get,
    }


def transferred(client, folder):
    """A file that goes up and comes down in parts, several at once."""
    content = os.urandom(2 * PART + 1000)
    source, target = os.path.join(folder, "up"), os.path.join(folder, "down")
    with open(source, "wb") as file:
        file.write(content)
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)
    client.upload_file(source, BUCKET, "big", Config=config, ExtraArgs={"Metadata": {"of": "big"}})
    client.download_file(BUCKET, "big", target, Config=config)
    with open(target, "rb") as file:
        same = hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()
    client.copy({"Bucket": BUCKET, "Key": "big"}, BUCKET, "copied", Config=config)
    copy = client.get_object(Bucket=BUCKET, Key="copied")
    return {
        "same": same,
        "parts": client.head_object(Bucket=BUCKET, Key="big")["ETag"].strip('"').split("-")[1],
        "copy": copy["Body"].read() == content,
    }


def listed(client):
    keys = [f"many/{number:02}" for number in range(25)] + ["many/sub/x\x01y", "many/sub/ z"]
    for key in keys:
        client.put_object(Bucket=BUCKET, Key=key, Body=b"1")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="many/", Delimiter="/", PaginationConfig={"PageSize": 7}
    )
    contents, prefixes = [], []
    for page in pages:
        contents += [one["Key"] for one in page.get("Contents", [])]
        prefixes += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
    old = client.get_paginator("list_objects").paginate(
        Bucket=BUCKET, Prefix="many/", PaginationConfig={"PageSize": 4}
    )
    return {
        "keys": contents == keys[:25],
        "prefixes": prefixes,
        "old": [one["Key"] for page in old for one in page["Contents"]] == sorted(keys),
    }


def main():
    client = boto3.client("s3")
    seen = {}
    client.create_bucket(Bucket=BUCKET)
    client.get_waiter("bucket_exists").wait(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key=KEY, Body="content", ContentType="text/plain", Metadata={"a": "b"})
    got = client.get_object(Bucket=BUCKET, Key=KEY)
    seen["got"] = [got["Body"].read().decode(), got["ContentType"], got["Metadata"]]
    seen["presigned"] = [presigned(style) for style in (None, "s3v4", "s3")]
    with tempfile.TemporaryDirectory() as folder:
        seen["transferred"] = transferred(client, folder)
    seen["listed"] = listed(client)
    nobody = boto3.client("s3", config=Config(signature_version=UNSIGNED))
    wrong = boto3.client("s3", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong")
    seen["codes"] = {
        "missing": code(client.get_object, Bucket=BUCKET, Key="missing"),
        "no bucket": code(client.list_objects_v2, Bucket="there-is-none"),
        "no bucket for nobody": code(nobody.list_objects_v2, Bucket="there-is-none"),
        "nobody": code(nobody.get_object, Bucket=BUCKET, Key=KEY),
        "wrong": code(wrong.get_object, Bucket=BUCKET, Key=KEY),
        "exists": code(client.put_object, Bucket=BUCKET, Key=KEY, Body=b"", IfNoneMatch="*"),
        "full": code(client.delete_bucket, Bucket=BUCKET),
    }
    # No XML that botocore reads can name it, so it cannot be among many.
    client.delete_object(Bucket=BUCKET, Key="many/sub/x\x01y")
    bucket = boto3.resource("s3").Bucket(BUCKET)
    bucket.objects.all().delete()
    bucket.delete()
    with contextlib.suppress(ClientError):
        client.get_waiter("bucket_not_exists").wait(Bucket=BUCKET)
    seen["left"] = [one["Name"] for one in client.list_buckets()["Buckets"]]
    json.dump(seen, sys.stdout)


main()
