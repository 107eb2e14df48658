"""Days, working days, periods and the texts in which people write them; knows nothing of policies."""
