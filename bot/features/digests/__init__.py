"""Digests: scheduled summaries for a channel."""
