# SPDX-License-Identifier: MIT
"""What the workers of jobs.bats do: each run of a job is a line of the file `ran`."""
import os
import socket
import sys
import time

import redis
import rq

RAN = os.path.join(os.environ["ROOM"], "ran")
SOCKET = os.path.join(os.environ["ROOM"], "sql.sock")


def ran(name):
    with open(RAN, "a", encoding="utf-8") as file:
        file.write(name + "\n")


def quick(name):
    ran(name)


def slow(name, seconds):
    ran("begin-" + name)
    time.sleep(seconds)
    ran(name)


def needs_database(name):
    """Fails as long as nobody listens."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(SOCKET)
        sock.recv(1)
    ran(name)


def database():
    """Greets as MariaDB does, and listens no more than that."""
    if os.path.exists(SOCKET):
        os.remove(SOCKET)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(SOCKET)
        os.chmod(SOCKET, 0o777)
        server.listen(64)
        while True:
            client, _ = server.accept()
            try:
                client.sendall(b"J\0\0\0\n10.11")
            except OSError:
                pass
            client.close()


class Plain(rq.Worker):
    """Without remote commands, whose listener is not what is tried here."""

    def subscribe(self):
        pass

    def unsubscribe(self):
        pass


def connection():
    return redis.Redis(port=int(os.environ["QUEUE"]))


def queue(name):
    return rq.Queue(name, connection=connection())


def main(command, *args):
    if command == "worker":
        queues = [queue(name) for name in args]
        Plain(queues, connection=connection()).work()
    elif command == "database":
        database()
    elif command == "ask":  # QUEUE FUNCTION NAME [SECONDS] [retry=N]
        more = {"retry": rq.Retry(max=int(args[-1][6:]))} if args[-1].startswith("retry=") else {}
        words = [word for word in args[2:] if not word.startswith("retry=")]
        print(queue(args[0]).enqueue("work." + args[1], words[0], *map(float, words[1:]), job_timeout=600, **more).id)
    elif command == "status":
        status = rq.job.Job.fetch(args[0], connection=connection()).get_status()
        print(getattr(status, "value", status))  # RQ 2 has a kind of its own for it


if __name__ == "__main__":
    main(*sys.argv[1:])
