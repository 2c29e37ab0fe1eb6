"""Pages of stage 1."""
