"""Everycount: from a questionnaire and its records to a protected release.

A release is a pure function of records, design, plan and policy.
"""

__version__ = "0.1.0"
