"""Pages and dialogs of people."""
