"""The gongkai command."""
