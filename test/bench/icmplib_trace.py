"""One traceroute by icmplib with a single packet for each hop; prints its own time in ms and the hops that answered."""

import sys
import time

from icmplib import traceroute

started_s = time.perf_counter()
hops = traceroute(sys.argv[1], count=1)
print((time.perf_counter() - started_s) * 1000, len(hops))
