"""Forms of stage 1. Each keeps what was typed and says in words what to mend."""
