#!/usr/bin/python3
"""A worker of several queues, whether or not the framework's own command takes more than one.

    worker.py FRAMEWORK QUEUE,QUEUE...
"""
import importlib
import runpy
import sys


def main(framework, queues):
    jobs = importlib.import_module(f"{framework}.utils.background_jobs")
    own = getattr(jobs, "get_queue_list", None)
    if own:  # older ones take a text for the name of one queue
        def get_queue_list(queue_list=None, *rest, **more):
            return own(queue_list.split(",") if isinstance(queue_list, str) and "," in queue_list else queue_list, *rest, **more)
        jobs.get_queue_list = get_queue_list
    sys.argv = [sys.argv[0], framework, "worker", "--queue", queues]
    runpy.run_module(f"{framework}.utils.bench_helper", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
