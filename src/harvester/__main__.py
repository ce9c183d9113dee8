"""Runs the command line as `python -m harvester`."""

from harvester.cli.main import run

if __name__ == "__main__":
    run()
