"""The console: pages over the management API's operations, made on the server."""
