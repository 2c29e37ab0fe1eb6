"""The portal with one more app, for tests that start and kill its real processes.

It adds a kind of job whose effect can be counted, and an address that asks for one. Nothing of it is known to the
portal itself: the processes are started with ``DJANGO_SETTINGS_MODULE=tests.jobs.chaos.settings``.
"""
