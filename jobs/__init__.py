"""Work in the background: a queue in PostgreSQL, workers that claim rows themselves, a table of what runs by the clock.

Rooms queue with `jobs.queue.enqueue` and name their schedules with `jobs.schedules.keep_schedules`; nothing else in the
house knows how it is kept. `manage.py work_jobs` starts the workers.
"""
