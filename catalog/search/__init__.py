"""From a query to a plan to an engine, and the life of the index that follows the change log."""
