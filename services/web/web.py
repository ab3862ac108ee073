# SPDX-License-Identifier: MIT
# Gunicorn's own settings beside those of its command line. With --preload the application is imported before on_starting is called, and
# nobody is listened to before it returns: so a start imports while MariaDB and Redis come up, and answers once provision says they are there.
import os
import time


def on_starting(server):
    while not os.path.exists("/run/mkbench/stores"):
        time.sleep(0.02)
