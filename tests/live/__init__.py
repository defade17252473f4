"""The bot's promises against a real Digdag: `DIGDAG_URL=http://host:port python -m pytest tests/live`.

It pushes a few projects of its own (`lookout-live-…`, `old-…` and one with a Japanese name), runs them for
some seconds, and deletes them at the end; of what the server has besides it touches nothing. Two free slots
for attempts are enough. A user and password may stand in the URL. Without DIGDAG_URL only the replay of recorded conversations runs.
"""
