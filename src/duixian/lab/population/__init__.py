"""The society of a synthetic register: its firms, their years and records, drawn block by block."""
