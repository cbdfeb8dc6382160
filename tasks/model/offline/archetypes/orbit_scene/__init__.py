"""Planets, boats, lanterns or fireflies that circle a centre on a canvas."""
