"""A release on its way to a host: its files, its images, its turn in the slots, and the log of it all."""
