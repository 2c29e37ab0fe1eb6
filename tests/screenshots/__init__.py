"""The pictures that the README shows, drawn from the demonstration by ``make screenshots``."""
