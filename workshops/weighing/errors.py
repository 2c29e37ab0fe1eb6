"""The one error of this package."""


class WeighingError(ValueError):
    """What was asked cannot be weighed: the message says why, for whoever prepared it."""
