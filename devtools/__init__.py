"""What stands behind dev.py: environments, hosts and checks for developers. Not part of the shipped extension."""
