"""A bucket that speaks S3, by moto: prints its URL, and serves until its standard input ends.

One request at a time: moto looks at a precondition and writes in two steps, which a bucket does in one.
"""

import logging
import sys
import threading

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

BUCKET = "journal"


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=False)
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keys = {"aws_access_key_id": "dancu", "aws_secret_access_key": "a long secret"}
    boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys).create_bucket(Bucket=BUCKET)
    print(url, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
