"""The shapes of records as marshmallow schemas: one file a record type, common fields, messages in two languages."""
