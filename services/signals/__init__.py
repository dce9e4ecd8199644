"""What people met at a door: connected, no answer, full, refused. It counts for some hours.

`telling` notes it, `weighing` says what it comes to, `reading` gives that for a city's plans,
`office` is what a city sees of it. That a door is not safe is no signal but a report:
`services.reporting`.
"""
