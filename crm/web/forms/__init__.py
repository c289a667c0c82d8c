"""What each form asks, and the words for what is missing."""
