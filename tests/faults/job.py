# SPDX-License-Identifier: MIT
"""job.py NUMBER: runs inside the image: all that Redis knows of a job of the demo's and of the workers."""
import os
import sys

os.chdir("/data/sites")
sys.path.insert(0, "/home/frappe/frappe-bench/apps/demo")
os.environ["SITES_PATH"] = "/data/sites"
from demo import bench  # noqa: E402

queue, number = bench.queue(), sys.argv[1].encode()
for key in sorted(queue.keys("rq:*")):
    kind = queue.type(key)
    if kind == b"hash":
        value = {field: text for field, text in queue.hgetall(key).items() if field != b"data"}
        if b"rq:worker:" in key or number in value.get(b"description", b""):
            print(key, value)
    elif kind == b"list":
        print(key, queue.lrange(key, 0, -1))
    elif kind == b"zset":
        print(key, queue.zrange(key, 0, -1, withscores=True)[-20:])
    elif kind == b"set":
        print(key, queue.smembers(key))
