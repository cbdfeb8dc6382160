"""The game of pairs: turn two cards, keep those that match, count the turns."""
