"""The policy language: from a pack's files to checked rules with positions; knows no engine."""
