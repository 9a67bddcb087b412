"""Jobs: the queue, the schedule, and the worker that runs what is due."""
