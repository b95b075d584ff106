"""The whole bot under a virtual clock: random lives, and evenings told one by one."""
