"""What programs of others ask for: bundles, SDMX, catalogues; only what is public, and nothing is kept."""
