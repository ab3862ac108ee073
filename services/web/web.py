# SPDX-License-Identifier: MIT
# Gunicorn's own settings beside those of its command line. With --preload the application is imported before on_starting is called, and
# nobody is listened to before it returns: so a start imports while MariaDB and Redis come up, and answers once provision says they are there.
import atexit
import os
import selectors
import sys
import threading
import time


def on_starting(server):
    while not os.path.exists("/run/mkbench/stores"):
        time.sleep(0.02)


def post_worker_init(worker):
    """A worker of threads looks for a stop once a second: what Python writes for a signal wakes it at once."""
    poller, pipe = getattr(worker, "poller", None), getattr(worker, "PIPE", None)
    if poller and pipe and pipe[0] not in poller.get_map():  # another Gunicorn may do it itself
        poller.register(pipe[0], selectors.EVENT_READ, lambda end: os.read(end, 4096))


def leave():
    """What Python does after its own ends and the application's takes seconds: it frees, and so copies, what the processes share."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def worker_exit(server, worker):
    if getattr(sys.exc_info()[1], "code", None) == 0:  # by order; else the master is to hear how
        leave()


def on_exit(server):
    if isinstance(sys.exc_info()[1], StopIteration):  # as above: Gunicorn's word for TERM
        leave()
