"""The only door to the web: what the owner's own programs are told leaves here, and by no other way."""
