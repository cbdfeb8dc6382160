"""Two settings beside each other: what each makes of the same candidates."""
