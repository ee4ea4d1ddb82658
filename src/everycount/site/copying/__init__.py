"""The public site as files, for a folder, a stick or a plain web server; see :mod:`.making`."""
