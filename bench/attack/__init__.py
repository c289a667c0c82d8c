"""The attack list: what somebody with bad intentions tries against a live server, and what became of it."""
