"""Rules of evidence, a file for each block of criteria."""
