"""The engine's server: routes, job store, supervisor, and the worker program. It never imports torch; workers do."""
