"""What can be done, as named actions with a schema, a permission and a docstring. All doors lead here."""
