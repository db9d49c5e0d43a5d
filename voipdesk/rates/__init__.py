"""What we pay: rate tables, versions of them, imports and exports."""
