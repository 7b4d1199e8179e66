// Does nothing, to measure how long Node itself takes to start and exit.
