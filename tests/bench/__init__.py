"""Measurements, side by side in one run; not tests: nothing here passes or fails by the clock."""
