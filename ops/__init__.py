"""The `demijohn` command.

Control flows one way: cli → actions (verbs: the order of steps) → runtimes (native, docker) →
commands (nouns: pure functions that return argument lists) → runner (the one place that starts a
process).
"""
