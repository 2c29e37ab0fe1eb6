"""The pages of workshops: the desk and its sub-pages for facilitators, the ballot and the outcome for everybody."""
