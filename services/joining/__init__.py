"""How a city joins: somebody asks, the network decides, the city opens as a sample."""
