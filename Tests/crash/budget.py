"""How long a suite may go on, when it is told to."""
import time


class Budget:
    """Is over after so many seconds; without any, never. Can be handed to other processes."""

    def __init__(self, seconds=None):
        self.end = time.monotonic() + seconds if seconds else None

    @property
    def is_over(self):
        return self.end is not None and time.monotonic() > self.end

    @staticmethod
    def argument(parser):
        parser.add_argument("--seconds", type=int, help="stop after so long, with what was done until then")
