"""Pages and dialogs of rate tables."""
