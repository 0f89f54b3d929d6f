"""What holds for the tests of every level."""

import signal

# A shell that runs us in the background has us ignore Ctrl-C, and whatever we start would inherit that;
# tests press Ctrl-C. A handler of our own is not inherited, so children begin with the default.
signal.signal(signal.SIGINT, signal.default_int_handler)
