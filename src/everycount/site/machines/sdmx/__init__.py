"""Public releases as an SDMX service (SDMX RESTful API 1.5, which goes with SDMX 2.1).

What is answered is cut out of the SDMX files of the releases, so that the service and the files cannot say
different things, and nothing is hidden in one that is shown in the other.
"""
