"""One file for each part of the application that is put under load."""
