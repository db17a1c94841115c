"""The base of the errors that an operator can mend."""


class RefusedError(Exception):
    """Cais will not go on as it is set up. The message is whole sentences that say what to do, and hold no secret."""
