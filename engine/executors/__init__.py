"""Where a job's worker process runs. The supervisor knows only `base`; add a file here to run jobs somewhere else."""
