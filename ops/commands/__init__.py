"""Nouns: each function returns an argument list and does nothing else."""
