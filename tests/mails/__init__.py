"""Raw mails of our own writing, by kind. Nothing in here was copied: every address and word is invented."""
