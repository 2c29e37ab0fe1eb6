"""The stages of the demonstration, each through the services of its own stage of the planning."""
