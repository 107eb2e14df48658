"""What is done in the registry: one function a use case, each a command."""
