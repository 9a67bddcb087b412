"""From bytes to text blocks and fields, each with the place where it was read."""
