"""Verbs: each puts commands in order and tells the person at the terminal what goes on."""
