"""What is printed of a release, made in a process of its own: the door is ``python -m`` (``__main__``)."""
