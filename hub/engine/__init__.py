"""The engine: wakes the work of exports, durably, on one machine or on many; it holds no truth of its own.

`Inline` works at once in the caller's thread; `Durable` is a worker's; `Waker` queues for the workers of the database.
"""

from hub.engine.durable import Durable
from hub.engine.inline import Inline
from hub.engine.job import Job
from hub.engine.place import engine_url
from hub.engine.port import Due, Engine, Sweep, Work
from hub.engine.waking import Waker

__all__ = ["Due", "Durable", "Engine", "Inline", "Job", "Sweep", "Waker", "Work", "engine_url"]
