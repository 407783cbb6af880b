import json


def main_handler(event, context):
    query = event.get("queryString") or event.get("queryStringParameters") or {}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        "body": json.dumps({"hello": query.get("name", "world")}),
        "isBase64Encoded": False,
    }
