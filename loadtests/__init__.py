"""Load runs against a running stack, seen from outside: nothing of the application is imported.

A *scenario* (`scenarios/`, one file each) knows one part of the application: the data it needs,
what people do with it, and which answers are right. A *workload* (`workloads.toml`) says how many
people come, how fast and for how long. `python -m loadtests run WORKLOAD` joins the two.
"""
