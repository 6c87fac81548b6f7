"""Results as people see them: the only rooms that round and format."""
