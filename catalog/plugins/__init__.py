"""The interfaces that extensions implement, and how they are found."""
