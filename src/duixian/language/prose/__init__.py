"""Rules in the words of people, in Chinese or English: expressions, terms, measures, policies."""
