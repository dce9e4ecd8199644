"""PostgreSQL as Django knows it, with a circuit breaker before each server (`base`)."""
