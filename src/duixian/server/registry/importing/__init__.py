"""From a file to the registry: read into chunks, compared with what is known, applied chunk by chunk."""
