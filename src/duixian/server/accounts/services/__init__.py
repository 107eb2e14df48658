"""What is done to people, roles and mandates: one function, one use case, one transaction."""
