"""How fast the bot is: one table, measured in one run, in ratios to the round trip of the same run.

Three processes: a simulated account some way off, the bot alone, and this one, which holds the local Slack,
asks, and compares what was answered with the account's truth.
"""
