"""What a call costs under a rate: the normative arithmetic and its columnar twin."""
