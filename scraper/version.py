"""The version, alone in a module so that `--version` and the build need to import nothing else."""

VERSION = "0.1.0"
