"""The core's search filters, one file each: what the parameter is called, how it is shown, and what of a record it looks at."""
