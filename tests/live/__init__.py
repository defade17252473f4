"""The bot's promises against a real Digdag: `DIGDAG_URL=http://host:port python -m pytest tests/live`.

It pushes a few projects of its own (`lookout-live-…`, `old-…` and one with a Japanese name), runs them for
some minutes, and deletes them at the end; whatever else the server holds it leaves alone. Ten free slots for
attempts are enough. A user and password may stand in the URL (`http://user:password@host:port`).

Without DIGDAG_URL these tests are skipped; that what they push and start is what a real server takes is then
still tested, against a replay of recorded conversations.
"""
