"""The one way in: the contract, the runner, and one file a kind of source."""
