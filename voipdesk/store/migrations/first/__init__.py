"""The first schema by subject; revision 0001 puts it together. Never changed: what comes later is a revision of its own."""
