"""What the parts of the stack cost, as ratios measured in one run on loopback.

Everything is measured on a private native stack in a temporary directory, in rounds that go through
all subjects one after the other, so that a drift of the machine meets all of them alike.
"""
