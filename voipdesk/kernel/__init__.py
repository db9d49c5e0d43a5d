"""Values that everyone agrees on; standard library only."""
