"""Compiles checked rules to one native function over Arrow batches; `engine.batch` is its public face."""
