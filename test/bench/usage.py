"""Runs a program to its end and tells what it took, start included: any program by the same measure.

Usage: usage.py PROGRAM [WORD ...]. Prints a line of JSON: wall and processor time (user and system) in seconds, its
status, and what it wrote.
"""

import json
import os
import resource
import subprocess
import sys
import time

started_s = time.monotonic()
# Nothing of who runs the bench: with NODE_EXTRA_CA_CERTS set, node reads certificates for 25 ms.
environment = {"PATH": os.environ["PATH"]}
ended = subprocess.run(
    sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=environment
)
wall_s = time.monotonic() - started_s
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "wallS": wall_s,
            "cpuS": used.ru_utime + used.ru_stime,
            "status": ended.returncode,
            "stdout": ended.stdout,
            "stderr": ended.stderr,
        }
    )
)
