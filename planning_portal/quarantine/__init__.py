"""Files from outside are opened here and nowhere else, by a child process that may use little and can do nothing.

The child imports this package alone, without Django: only ``process`` and ``words`` belong to the portal's side.
"""
