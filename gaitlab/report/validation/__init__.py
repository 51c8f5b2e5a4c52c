"""The page of a validation: agreement of sessions with a truth."""
