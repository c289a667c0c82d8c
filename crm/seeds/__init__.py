"""What a new practice starts with: our own texts and plans, as data. The owner changes them freely."""
