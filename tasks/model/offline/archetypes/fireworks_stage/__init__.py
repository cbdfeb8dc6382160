"""A stage on which fireworks, confetti or petals burst, fall and fade."""
