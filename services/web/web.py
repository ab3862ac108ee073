# SPDX-License-Identifier: MIT
# Gunicorn's own settings beside those of its command line: documented interfaces of it and of Python alone, and where there is none, a
# look before. With --preload the application is imported before on_starting is called, and nobody is listened to before it returns:
# so a start imports while MariaDB and Redis come up, and answers once provision says they are there.
import atexit
import logging
import os
import selectors
import sys
import time

control_socket_disable = True  # since Gunicorn 25 a socket by which to be told what to do: Supervisor tells it
leaves_by_order = False


def on_starting(server):
    while not os.path.exists("/run/mkbench/stores"):
        time.sleep(0.02)


def wake_for_stop(worker):
    """A worker of threads of Gunicorn before 25 looks for a stop once a second: what Python writes for a signal wakes it at once."""
    poller, pipe = getattr(worker, "poller", None), getattr(worker, "PIPE", None)
    wakes_itself = "handle_exit" in vars(type(worker))
    if isinstance(poller, selectors.BaseSelector) and pipe and not wakes_itself and pipe[0] not in poller.get_map():
        poller.register(pipe[0], selectors.EVENT_READ, lambda *_: os.read(pipe[0], 4096))


def post_worker_init(worker):
    try:
        wake_for_stop(worker)
    except Exception as error:  # it looks once a second, then
        worker.log.warning("a stop may take a second longer: %s", error)


def leave():
    """What Python does after the ends of the application and its own takes seconds: it frees, and so copies, what the processes share.
    Registered before the application's, this one is the last of them."""
    if leaves_by_order:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


# A preload that has imported the application already (services/supervisor/preload.py) calls it after that one's own ends, too.
getattr(sys.modules.get("mkbench_preload"), "at_last", atexit.register)(leave)


def worker_exit(server, worker):
    global leaves_by_order
    leaves_by_order = getattr(sys.exc_info()[1], "code", None) == 0  # else the master is to hear how


def on_exit(server):
    global leaves_by_order
    leaves_by_order = isinstance(sys.exc_info()[1], StopIteration)  # Gunicorn's word for TERM
