"""The policy lab: synthetic registers, and what a policy costs, who gains, what if it changes."""
